"""Forms A and B filled by JavaRosa from what a phone downloads, and posted to a real server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from surveys.results.demo.phone import Phone
from tests import javarosa
from tests.central_client import Central
from tests.server import RunningServer

FILLS = 40
# A household has one head; every other answer is the engine's own draw.
ONE_HEAD = [{"m_rel#1": "head", "m_rel": "spouse|child|parent|kin"}]
pytestmark = [
    pytest.mark.java,
    pytest.mark.skipif(not javarosa.is_available(), reason="needs a JDK (javac, java)"),
]


@dataclass(frozen=True, slots=True)
class Fieldwork:
    phone: Phone
    staff: Central
    project: int


@pytest.fixture(scope="module")
def fieldwork(server: RunningServer) -> Iterator[Fieldwork]:
    made = json.loads(server.run("-m", "tests.flow.round_on_server").splitlines()[-1])
    phone = Phone(f"{server.base}/v1/key/{made['key']}/projects/{made['project']}", "NV-01")
    phone.sync()
    yield Fieldwork(phone, Central.signed_in(server), made["project"])
    phone.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("form_id", ["hh_digital", "citizen_sat"])
def test_every_form_that_javarosa_fills_is_stored_byte_for_byte(
    fieldwork: Fieldwork, form_id: str
) -> None:
    phone = fieldwork.phone
    filled = javarosa.fill_cases(phone.forms[form_id], phone.media[form_id], FILLS, 11, ONE_HEAD)
    assert not [each.blocked for each in filled if each.blocked]
    for each in filled:
        phone.send(each.xml, dict(each.files))

    path = f"projects/{fieldwork.project}/forms/{form_id}/submissions"
    listed = {row["instanceId"] for row in fieldwork.staff.get(path)}
    assert len(listed) == FILLS
    for each in filled:
        instance_id = each.xml.decode().split("<instanceID>")[1].split("<")[0]
        assert fieldwork.staff.get_bytes(f"{path}/{instance_id}.xml") == each.xml


def test_what_javarosa_wrote_becomes_records_without_a_remainder(fieldwork: Fieldwork) -> None:
    rows = fieldwork.staff.get(f"projects/{fieldwork.project}/quarantine")
    assert rows == []
    for form_id in ("hh_digital", "citizen_sat"):
        path = f"projects/{fieldwork.project}/forms/{form_id}.svc/Submissions?%24count=true"
        assert fieldwork.staff.get(path)["@odata.count"] == FILLS
