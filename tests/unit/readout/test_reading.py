"""The reader of exports: tables over versions, rows of whole submissions, what is hidden."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forms.values import GeoPoint, Misfit
from surveys.collection.models import Form, Record, Submission
from surveys.collection.readout import ids_of, rows, table_named, tables
from tests.cast import Cast, make_cast
from tests.readout_world import (
    child,
    household,
    household_form,
    publish,
    publish_next,
    send,
)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def form(cast: Cast) -> Form:
    return publish(cast.alice.actor, cast.project)


def test_the_root_and_each_repeat_is_a_table_named_by_its_path(form: Form) -> None:
    layout = tables(form)
    assert [(each.name, each.parent) for each in layout] == [
        ("", None),
        ("children.child", ""),
        ("children.child.toys.toy", "children.child"),
    ]
    assert [column.name for column in layout[1].columns] == ["given", "years"]
    assert [column.name for column in layout[0].columns][-5:] == [
        "home/roof",
        "home/water",
        "meta/instanceID",
        "meta/instanceName",
        "meta/audit",
    ]
    assert layout[2].own_steps == ("toys", "toy")
    assert layout[0].column("age").label("vi") == "Tuổi"  # type: ignore[union-attr]


def test_a_form_without_a_published_version_has_no_tables(cast: Cast, form: Form) -> None:
    assert tables(form, is_draft=True) == ()


def test_columns_of_former_versions_come_back_on_request(cast: Cast, form: Form) -> None:
    publish_next(cast.alice.actor, form, household_form("2", more="<extra/>"))
    publish_next(cast.alice.actor, form, household_form("3"))
    assert table_named(tables(form), "").column("extra") is None  # type: ignore[union-attr]
    merged = table_named(tables(form, deleted_fields=True), "")
    assert merged is not None
    names = [column.name for column in merged.columns]
    assert names.index("extra") == names.index("photo") + 1
    assert [column.name for column in merged.columns if column.is_deleted] == ["extra"]


def test_a_choice_that_was_offered_once_is_no_misfit(cast: Cast, form: Form) -> None:
    publish_next(cast.alice.actor, form, household_form("2", choices=("online", "phone")))
    column = tables(form)[0].column("channels")
    assert column is not None
    assert column.read("office phone") == ("office", "phone")
    assert column.read("fax") == Misfit("fax")


def test_a_type_that_changed_is_read_as_the_wider_one(cast: Cast, form: Form) -> None:
    publish_next(cast.alice.actor, form, household_form("2", age="string"))
    column = tables(form)[0].column("age")
    assert column is not None
    assert column.read("khoảng 40") == "khoảng 40"


def test_whole_submissions_come_newest_first_with_their_rows(cast: Cast, form: Form) -> None:
    send(cast.project, household("uuid:1", "<age>40</age>", child("An", 3, ("xe", "bi"))))
    toys = child("Bi", "", ("cờ",)) + child("Ca", 5)
    send(cast.project, household("uuid:2", "<age>bốn</age>", toys), device="d1")
    newest, first = rows(Submission.objects.filter(form=form), tables(form), restricted=True)
    assert (newest.system.instance_id, first.system.instance_id) == ("uuid:2", "uuid:1")
    assert newest.system.device_id == "d1"
    assert (newest.system.edits, newest.system.form_version) == (0, "1")
    assert [row.values["given"] for row in newest.rows_of("children.child")] == ["Bi", "Ca"]
    assert [row.values["what"] for row in first.rows_of("children.child.toys.toy")] == ["xe", "bi"]
    toy = newest.rows_of("children.child.toys.toy")[0]
    assert (toy.ordinal, toy.parent_ordinal, toy.place) == (0, 0, 0)
    age = tables(form)[0].column("age")
    assert age is not None
    assert age.read(first.root.values["age"]) == 40
    assert age.read(newest.root.values["age"]) == Misfit("bốn")


def test_an_index_counts_within_the_parent_row(cast: Cast, form: Form) -> None:
    both = child("An", 1, ("a", "b")) + child("Bi", 2, ("c", "d"))
    send(cast.project, household("uuid:1", "", both))
    (only,) = rows(Submission.objects.filter(form=form), tables(form))
    toys = only.rows_of("children.child.toys.toy")
    assert [(row.ordinal, row.parent_ordinal, row.place) for row in toys] == [
        (0, 0, 0),
        (1, 0, 1),
        (2, 1, 0),
        (3, 1, 1),
    ]


def test_restricted_answers_stay_away_from_who_may_not_read_them(cast: Cast, form: Form) -> None:
    answers = "<name>Lan</name><age>3</age><place>19.6 105.5 1 4</place><unasked>x</unasked>"
    send(cast.project, household("uuid:1", answers, child("An", 3)))
    chosen = Submission.objects.filter(form=form)
    (hidden,) = rows(chosen, tables(form))
    assert (hidden.root.values.get("age"), hidden.root.values.get("name")) == ("3", None)
    assert "place" not in hidden.root.values
    assert "?unasked" not in hidden.root.values
    assert dict(hidden.rows_of("children.child")[0].values) == {"years": "3"}
    (shown,) = rows(chosen, tables(form), restricted=chosen)
    place = tables(form)[0].column("place")
    assert place is not None
    assert place.read(shown.root.values["place"]) == GeoPoint(19.6, 105.5, 1, 4)
    (elsewhere,) = rows(chosen, tables(form), restricted=chosen.none())
    assert not elsewhere.shows_restricted
    assert "name" not in elsewhere.root.values


def test_one_table_alone_is_read_without_the_others(cast: Cast, form: Form) -> None:
    send(cast.project, household("uuid:1", "", child("An", 3, ("xe",))))
    (only,) = rows(Submission.objects.filter(form=form), tables(form), only={"children.child"})
    assert len(only.rows_of("children.child")) == 1
    assert only.rows_of("children.child.toys.toy") == ()


def test_a_submission_whose_records_are_not_made_yet_is_there_without_answers(
    cast: Cast, form: Form
) -> None:
    sent = send(cast.project, household("uuid:1", "<age>4</age>"))
    Record.objects.filter(submission=sent).delete()
    (only,) = rows(Submission.objects.filter(form=form), tables(form))
    assert only.root.values == {}


def test_more_submissions_than_a_block_holds_come_once_each(cast: Cast, form: Form) -> None:
    for number in range(60):
        send(cast.project, household(f"uuid:{number:02}"))
    found = [
        each.system.instance_id
        for each in rows(Submission.objects.filter(form=form).order_by("id"), tables(form))
    ]
    assert found == [f"uuid:{number:02}" for number in range(60)]


def test_rows_of_a_table_that_is_only_counted_come_without_values(cast: Cast, form: Form) -> None:
    send(cast.project, household("uuid:1", "<age>3</age>", child("An", 3, ("xe",))))
    chosen = Submission.objects.filter(form=form)
    (each,) = rows(chosen, tables(form), only=(), counted={"children.child"}, restricted=True)
    assert each.root.values["age"] == "3"
    assert [dict(row.values) for row in each.rows_of("children.child")] == [{}]
    assert each.rows_of("children.child.toys.toy") == ()
    (bare,) = rows(ids_of(chosen), tables(form), only={"children.child"}, counted={""})
    assert bare.root.values == {}
    assert len(bare.rows_of("children.child")) == 1


def test_more_submissions_do_not_mean_more_questions(cast: Cast, form: Form) -> None:
    chosen = Submission.objects.filter(form=form)
    layout = tables(form)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert list(rows(chosen, layout, restricted=chosen))
        return len(queries)

    send(cast.project, household("uuid:1", "", child("An", 3)))
    once = asked()
    for number in range(20):
        send(cast.project, household(f"uuid:x{number}", "", child("An", 3, ("a", "b"))))
    assert asked() == once
