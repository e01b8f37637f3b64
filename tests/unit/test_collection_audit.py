"""The audit log: written with the change, and never changed afterwards."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from dashboard.presentation.history import sentence
from surveys.collection import audit, audit_log, people, rights
from surveys.collection.audit import Reading
from surveys.collection.models import AuditEvent, Role
from tests.cast import Cast, make_cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_the_database_refuses_to_change_an_event(cast: Cast) -> None:
    before = list(AuditEvent.objects.order_by("pk").values())
    assert before
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(action="x")
    event = AuditEvent.objects.order_by("pk").first()
    assert event is not None
    event.action = "x"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()
    assert list(AuditEvent.objects.order_by("pk").values()) == before


def test_postgresql_refuses_to_delete_one(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite lets Django's test runner empty the table
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()


def test_no_code_changes_or_deletes_events() -> None:
    found = []
    for room in ("api", "config", "dashboard", "surveys"):
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            if re.search(r"AuditEvent\.objects[^\n]*\.(update|delete|bulk_update)\(", text):
                found.append(file.name)
            if re.search(r"(UPDATE|DELETE FROM) audit_event", text) and "migrations" not in str(
                file
            ):
                found.append(file.name)
    assert found == []


def test_a_change_that_is_rolled_back_leaves_no_event(cast: Cast) -> None:
    n_events = AuditEvent.objects.count()
    with transaction.atomic():
        people.create_app_user(cast.alice.actor, cast.project, "Lan")
        assert AuditEvent.objects.count() == n_events + 1
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == n_events


def test_a_detail_may_be_called_action(cast: Cast) -> None:
    audit.record("x.y", actor=None, action="z")
    assert AuditEvent.objects.get(action="x.y").details == {"action": "z"}


def test_who_reads_the_log_is_in_it(cast: Cast) -> None:
    list(audit_log.read(cast.alice.actor, audit_log.Asked(project=cast.project)))
    event = AuditEvent.objects.get(action=Reading.AUDITS)
    assert (event.actor, event.project_id) == (cast.alice.actor, cast.project.pk)


def test_a_refused_reading_is_not_noted(cast: Cast) -> None:
    viewer = make_user("eve", Role.VIEWER, cast.project)
    with pytest.raises(rights.Forbidden):
        audit_log.read(viewer.actor, audit_log.Asked(project=cast.project))
    assert not AuditEvent.objects.filter(action=Reading.AUDITS).exists()


@pytest.mark.parametrize(
    ("asked", "included", "excluded"),
    [
        ("nonverbose", "project.create", "submission.create"),
        ("submission", "submission.create", "project.create"),
        ("user.assignment.create", "role.grant", "role.withdraw"),
        ("role.grant", "role.grant", "user.create"),
        ("field_key", "app_user.create", "form.create"),
        ("reading", "submission.read.xml", "submission.create"),
        ("personal", "retention.done", "submission.read"),
    ],
)
def test_groups_hold_what_they_say(cast: Cast, asked: str, included: str, excluded: str) -> None:
    for action in (included, excluded):
        audit.record(action, actor=cast.admin.actor)
    found = audit_log.read(cast.admin.actor, audit_log.Asked(action=asked))
    actions = set(found.values_list("action", flat=True))
    assert included in actions
    assert excluded not in actions


def test_every_event_that_the_code_writes_has_words_on_the_page() -> None:
    written = {reading.value for reading in Reading}
    for room in ("api", "dashboard", "surveys"):
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            written |= set(re.findall(r'audit\.record\(\s*"([^"{]+)"', file.read_text("utf-8")))
    assert len(written) > 50
    nameless = {name for name in written if name in sentence(AuditEvent(action=name))}
    assert nameless == set()
