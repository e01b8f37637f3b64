"""schemathesis asks every operation of the OpenAPI document what nobody thought of: no 5xx.

Places in addresses are bound to what is there every other time, so that the requests get past 404.
`SCHEMATHESIS_EXAMPLES=12` asks more of each operation, and its systematic questions too: an hour.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cast import filled, with_file, xform
from tests.central_client import Central
from tests.openrosa_world import run_python
from tests.server import RunningServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
SEED: Final = 20261122
MORE: Final = os.environ.get("SCHEMATHESIS_EXAMPLES", "")
EXAMPLES: Final = int(MORE or 2)
PHASES: Final = "examples,coverage,fuzzing" if MORE else "examples,fuzzing"
MAKE: Final = """
from surveys.collection.arrival import Arrival
from surveys.collection import intake
admin = User.objects.get(pk=1).actor
project = projects.create_project(admin, given["name"])
form = publishing.create_form(admin, project, given["form"].encode(), publish=True)
publishing.set_draft(admin, form, given["draft"].encode())
phone = people.create_app_user(admin, project, "NV")
people.assign_form(admin, form, phone)
intake.receive(Arrival(project.pk, admin.pk, given["filled"].encode()))
print(json.dumps({"project": project.pk, "token": phone.token, "draft": form.draft.draft_token}))
"""


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server of its own: the requests change and delete what they meet."""
    running = RunningServer.prepare(tmp_path_factory.mktemp("asked"), str(request.param))
    running.start()
    yield running
    running.stop()


def bound(document: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """The document with what is there as one choice of each place."""
    there = {
        "project_id": made["project"],
        "form_id": "F",
        "xml_form_id": "F",
        "instance_id": "uuid:1",
        "version_id": "uuid:1",
        "version": "1",
        "name": "psu.csv",
        "role": "2",
        "table": "Submissions",
        "number": 1,
    }
    for path, methods in document["paths"].items():
        tokens = {"token": made["draft"] if path.startswith("/v1/test/") else made["token"]}
        for operation in methods.values():
            for place in operation["parameters"]:
                known = {**there, **tokens}.get(place["name"])
                if place["in"] == "path" and known is None and place["schema"]["type"] == "integer":
                    known = 1
                if place["in"] == "path" and known is not None:
                    place["schema"] = {"anyOf": [{"const": known}, place["schema"]]}
    return document


# What is deleted is gone for the requests after it, so the other methods ask first.
@pytest.mark.parametrize("methods", [("GET", "HEAD", "POST", "PUT", "PATCH"), ("DELETE",)])
def test_no_request_ends_in_a_fault_of_the_server(
    asked: RunningServer, tmp_path: Path, methods: tuple[str, ...]
) -> None:
    made = run_python(
        asked,
        MAKE,
        name=f"Mọi câu hỏi {methods[0]}",
        form=xform().decode(),
        draft=xform(version="2", body=with_file("psu.csv")).decode(),
        filled=filled(answers="<name>Lan</name><photo>psu.csv</photo>").decode(),
    )
    client = Central.signed_in(asked)
    document = json.loads(asked.manage("openapi"))
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(bound(document, made)))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            str(file),
            f"--url={asked.base}",
            f"--header=Authorization: Bearer {client.token}",
            "--checks=not_a_server_error",
            f"--phases={PHASES}",
            f"--max-examples={EXAMPLES}",
            f"--seed={SEED}",
            "--warnings=off",
            "--no-color",
            *(f"--include-method={method}" for method in methods),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
