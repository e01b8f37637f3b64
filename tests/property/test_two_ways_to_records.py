"""Records and outcomes made from the memory of a request are those made from the stored bytes."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.instance import parse_instance
from surveys.collection import intake, people, projection, publishing
from surveys.collection.arrival import Arrival
from surveys.collection.models import FormVersion, Record, Submission, User
from surveys.fieldwork import pipeline
from surveys.fieldwork.models import CaseOutcome, RoundForm, Visit
from tests.bench.intake_form import CORE, xform
from tests.unit.fieldwork.world import World, make_world

pytestmark = pytest.mark.django_db
NEVER = frozenset({"q02", "person/m_by"})


@pytest.fixture
def world() -> World:
    """The round of the unit tests, with forms that were really published."""
    world = make_world()
    people.create_administrator("clerk@example.vn", "correct horse battery")
    clerk = User.objects.get(email="clerk@example.vn")
    for kind in ("A", "B"):
        form = publishing.create_form(
            clerk.actor,
            world.project,
            xform(f"two_ways_{kind}"),
            publish=True,
            never_stored=tuple(NEVER),
        )
        RoundForm.objects.filter(kind=kind).update(form=form)
        world.forms[kind] = form
        world.versions[kind] = FormVersion.objects.get(form=form)
    return world


texts = st.sampled_from(["", "1", "đã làm\n xong", "2.0", "'; --", "\U0001f600", "999999"])
parts = st.fixed_dictionaries(
    {
        "start": st.sampled_from(["", "x", "2026-11-02T09:00:00.000+07:00", "2026-11-03"]),
        "contact": st.sampled_from(["met", "none", "start", "?"]),
        "consent": st.sampled_from(["yes", "no", ""]),
        "disp": st.sampled_from(["110", "120", "224", "410", "999", ""]),
    }
)
visits = st.fixed_dictionaries(
    {
        "kind": st.sampled_from("AB"),
        "home": st.integers(0, 2),  # 2 = one that the sample does not know
        "by": st.integers(0, 1),
        "parts": parts,
        "people": st.lists(st.lists(st.sampled_from(["yes", "no", ""]), min_size=5, max_size=5)),
        "answers": st.dictionaries(st.sampled_from(["q01", "q02", "new", "hh", "disp"]), texts),
        "draw": st.none() | st.integers(1, 4),
        "is_double": st.booleans(),
    }
)


def xml_of(world: World, sent: dict[str, Any]) -> bytes:
    home = [*(each.name for each in world.households[:2]), "no-such-household"][sent["home"]]
    persons = "".join(
        "<person><m_by>1970</m_by>"
        + "".join(f"<{name}>{said}</{name}>" for name, said in zip(CORE, told, strict=True))
        + "</person>"
        for told in sent["people"]
    )
    line = sent["draw"]
    draw = f"<sel_line>{line}</sel_line><n_a18>4</n_a18><sel_by>1970</sel_by>" if line else ""
    head = "".join(f"<{name}>{said}</{name}>" for name, said in sent["parts"].items())
    told = "".join(f"<{name}>{said}</{name}>" for name, said in sent["answers"].items())
    twice = f"<hh> {home} </hh>" if sent["is_double"] else ""
    return (
        f'<data id="two_ways_{sent["kind"]}" version="1">{head}<g_id><hh>{home}</hh>{twice}{draw}'
        f"</g_id><g>{told}</g><used>self</used><g2><used>self</used><overall>4</overall></g2>"
        f"{persons}<meta><instanceID>uuid:{uuid.uuid4()}</instanceID></meta></data>"
    ).encode()


def stored(world: World, sent: dict[str, Any]) -> projection.Parsed:
    xml = xml_of(world, sent)
    actor = world.enumerators[sent["by"]].actor
    receipt = intake.receive(Arrival(project_id=world.project.pk, actor_id=actor.pk, xml=xml))
    assert receipt.submission_id is not None
    version = world.versions[sent["kind"]]
    return projection.Parsed(
        submission_id=receipt.submission_id,
        form_id=version.form_id,
        form_version_id=version.pk,
        form_md5=version.md5,
        never_stored=NEVER,
        sender_id=actor.pk,
        root=parse_instance(xml),
    )


def rows() -> dict[str, list[Any]]:
    """Everything that is derived, without numbers and moments that count the tries."""

    def of(model: Any, *left_out: str) -> list[dict[str, Any]]:
        found = [
            {name: value for name, value in row.items() if name not in {"id", *left_out}}
            for row in model.objects.values()
        ]
        return sorted(found, key=lambda row: repr(sorted(row.items(), key=lambda pair: pair[0])))

    records = [
        {**row, "values": sorted(row["values"].items())}
        for row in Record.objects.order_by("submission_id", "table", "ordinal").values()
    ]
    for row in records:
        del row["id"]
    return {
        "records": records,
        "visits": of(Visit),
        "outcomes": of(CaseOutcome, "updated_at"),
        "states": list(Submission.objects.order_by("id").values_list("state", "problem")),
    }


def forget() -> None:
    for model in (CaseOutcome, Visit, Record):
        model.objects.all().delete()
    Submission.objects.update(state=Submission.State.RECEIVED)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sent=st.lists(visits, min_size=1, max_size=6))
def test_both_ways_leave_the_same_rows(world: World, sent: list[dict[str, Any]]) -> None:
    forget()
    Submission.objects.update(deleted_at="2026-01-01T00:00Z")  # those of the example before
    new = [stored(world, each) for each in sent]
    for each in new:
        pipeline.derive_new(each)
    from_memory = rows()
    assert all(record["values"] for record in from_memory["records"])
    forget()
    for each in new:
        pipeline.derive(each.submission_id)
    assert rows() == from_memory


def test_what_somebody_derived_meanwhile_is_left_as_it_is(world: World) -> None:
    sent = {
        "kind": "A",
        "home": 0,
        "by": 0,
        "parts": {"contact": "met", "consent": "yes", "disp": "110", "start": ""},
        "people": [["yes"] * 5],
        "answers": {"q01": "đã làm"},
        "draw": None,
        "is_double": False,
    }
    new = stored(world, sent)
    pipeline.derive(new.submission_id)
    before = rows()
    pipeline.derive_new(new)
    assert rows() == before
    assert before["outcomes"][0]["disposition"] == "110"
