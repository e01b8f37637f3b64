"""Whatever is repeated, reordered or split over requests, the same is stored in the end."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.openrosa.submission import submission
from surveys.collection import people, projects, publishing
from surveys.collection.models import Quarantined, Record, Submission, User
from tests.openrosa_phone import MULTIPART, Filled, body_of, filled
from tests.openrosa_world import form

UNNAMED = "lạ.bin"  # no question holds it
NAMES = ("a.jpg", "b.jpg", "audit.csv", UNNAMED)
CONTENT = {name: f"bytes of {name}".encode() * 30 for name in NAMES}
XML_PARTS = "<ten>{name}</ten><anh>a.jpg</anh><giay_to>b.jpg</giay_to>"


@dataclass(frozen=True)
class Sent:
    """One request: which version, with which files."""

    version: int
    files: frozenset[str]


@dataclass(frozen=True)
class Door:
    """The view itself: no middleware, no server."""

    project: int
    token: str

    def post(self, body: bytes) -> int:
        request = RequestFactory().generic("POST", "/", body, content_type=MULTIPART)
        return submission(request, self.project, self.token).status_code


@pytest.fixture
def door(db: None) -> Door:
    del db
    people.create_administrator("admin@example.org", "mật-khẩu-dài-1")
    actor = User.objects.get().actor
    project = projects.create_project(actor, f"thử {uuid.uuid4().hex}")
    published = publishing.create_form(actor, project, form().encode(), publish=True)
    phone = people.create_app_user(actor, project, "Lan")
    people.assign_form(actor, published, phone)
    return Door(project.pk, phone.token)


def chain(length: int) -> list[Filled]:
    """An original and its edits."""
    made: list[Filled] = []
    for number in range(length):
        before = made[-1].instance_id if made else ""
        one = filled(answers=XML_PARTS.format(name=f"bản {number}"), edit_of=before)
        xml = one.xml.replace(b"</meta>", b"<audit>audit.csv</audit></meta>")
        made.append(Filled(xml, one.instance_id))
    return made


def post(door: Door, sent: Filled, files: frozenset[str]) -> int:
    body = body_of(sent.xml, {name: CONTENT[name] for name in sorted(files)})
    return door.post(body)


def state_of(first: Filled) -> dict[str, Any]:
    row = Submission.objects.get(instance_id=first.instance_id)
    current = row.versions.get(is_current=True)
    return {
        "sha256": current.sha256,
        "versions": sorted(row.versions.values_list("instance_id", flat=True)),
        "files": {
            name: (blob, expected)
            for name, blob, expected in current.attachments.order_by("name").values_list(
                "name", "blob_id", "is_expected"
            )
        },
        "records": [
            [each.table, each.ordinal, each.values]
            for each in Record.objects.filter(submission=row).order_by("table", "ordinal")
        ],
        "state": row.state,
    }


def in_full(door: Door, versions: list[Filled]) -> dict[str, Any]:
    """The same submission sent in order, whole, once: what every other way must end in."""
    for number, each in enumerate(versions):
        assert post(door, each, frozenset(NAMES if number == 0 else ())) == 201
    return state_of(versions[0])


def labelled(state: dict[str, Any], versions: list[Filled]) -> str:
    """The state with labels in place of the ids, which differ from chain to chain."""
    order = {each.instance_id: number for number, each in enumerate(versions)}
    text = repr(state | {"versions": sorted(state["versions"], key=order.__getitem__)})
    for number, each in enumerate(versions):
        text = text.replace(each.instance_id, f"<id {number}>")
        text = text.replace(hashlib.sha256(each.xml).hexdigest(), f"<sha256 {number}>")
    return text


requests = st.lists(
    st.builds(Sent, st.integers(0, 2), st.frozensets(st.sampled_from(NAMES))), max_size=8
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(length=st.integers(1, 3), some=requests, data=st.data())
def test_any_order_repetition_and_split_ends_in_the_same_state(
    door: Door, length: int, some: list[Sent], data: st.DataObject
) -> None:
    versions = chain(length)
    # The original's files come one by one; its edits name them and bring none, or some of them.
    needed = [Sent(0, frozenset({name})) for name in NAMES]
    needed += [Sent(number, frozenset()) for number in range(1, length)]
    extra = [
        Sent(number, each.files - (frozenset() if number == 0 else {UNNAMED}))
        for each in some
        for number in [each.version % length]
    ]
    for each in data.draw(st.permutations(needed + extra)):
        assert post(door, versions[each.version], each.files) in {201, 202}
    others = chain(length)
    assert labelled(state_of(versions[0]), versions) == labelled(in_full(door, others), others)
    assert not Quarantined.objects.filter(resolved_at__isnull=True).exists()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cuts=st.lists(st.integers(0, 2000), max_size=4), data=st.data())
def test_bodies_cut_anywhere_store_nothing_until_a_whole_one_comes(
    door: Door, cuts: list[int], data: st.DataObject
) -> None:
    (sent,) = chain(1)
    body = body_of(sent.xml, CONTENT)
    for cut in cuts:
        short = body[: min(cut, len(body) - 4)]
        assert door.post(short) == 400
        assert not Submission.objects.filter(instance_id=sent.instance_id).exists()
    assert post(door, sent, data.draw(st.frozensets(st.sampled_from(NAMES)))) == 201
    assert Submission.objects.filter(instance_id=sent.instance_id).count() == 1
    assert not Quarantined.objects.filter(
        resolved_at__isnull=True, sha256=hashlib.sha256(sent.xml).hexdigest()
    ).exists()
