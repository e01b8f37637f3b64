"""When a form's data are due to go, and the day's work of all clocks.

A form of a round is due so many days after the round's last day, and never later than the day that
the round promised in its consent text. A form of no round is due after its last record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from surveys.collection import jobs, retention
from surveys.collection.models import (
    ErasedVersion,
    Form,
    Job,
    Project,
    RetentionRun,
    Submission,
)
from surveys.collection.retention import Done, Kind
from surveys.fieldwork import outcomes
from surveys.fieldwork.models import Round, SampledHousehold, Visit

KIND: Final = "retention"
# These two are what the consent text promises to erase by a day.
PROMISED: Final = frozenset({Kind.CONTACTS, Kind.IDENTIFYING})
EVERY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """A kind of data in a project: its rule, when it next takes something out, what it did."""

    kind: Kind
    days: int | None
    due: date | None  # None: no rule, or nothing there
    last: RetentionRun | None
    promised: date | None  # the earliest day that a round promised, when no rule keeps it


def clocks_of(project: Project) -> list[Clock]:
    """What the page shows, one clock a kind."""
    rules = retention.rules_of(project)
    runs = RetentionRun.objects.filter(project=project, n_done__gt=0).order_by("-at")
    forms = list(_forms(project))
    promise = min(
        (row.round_form.round.retention_date for row in forms if _round(row)), default=None
    )
    found = []
    for kind in retention.PROPOSED:
        days = rules.get(kind)
        due = None
        if days is not None and kind in retention.WHAT:
            dates = [day for form in forms if (day := due_on(form, kind, days)) is not None]
            due = min(dates, default=None)
        last = next((run for run in runs if run.kind == kind), None)
        promised = promise if kind in PROMISED and days is None else None
        found.append(Clock(kind, days, due, last, promised))
    return found


def due_on(form: Form, kind: Kind, days: int) -> date | None:
    """The day from which a kind of data of the form goes; None while nothing was collected."""
    found = _round(form)
    if found is not None:
        due = found.ends_on + timedelta(days=days)
        return min(due, found.retention_date) if kind in PROMISED else due
    last = Submission.objects.filter(form=form, is_draft=False).aggregate(last=Max("created_at"))
    return timezone.localdate(last["last"]) + timedelta(days=days) if last["last"] else None


def run(
    *, now: datetime | None = None, project: Project | None = None, is_dry: bool = False
) -> Iterator[Done]:
    """Everything that is due, one line a clock; twice changes nothing."""
    now = now or timezone.now()
    projects = Project.objects.filter(deleted_at=None).order_by("pk")
    for each in projects if project is None else [project]:
        yield from _of_project(each, now, is_dry=is_dry)
    if project is None:
        yield retention.clear_sessions(is_dry=is_dry)


def enqueue_due() -> bool:
    """Put the day's work into the queue of long jobs, once a day; called by the worker."""
    if Job.objects.filter(kind=KIND, created_at__gt=timezone.now() - EVERY).exists():
        return False
    jobs.enqueue(KIND, {}, lane=Job.Lane.LONG)
    return True


@jobs.handles(KIND)
def handle(_job: Job, report: jobs.Report) -> dict[str, Any]:
    total = 0
    for done in run():
        total += done.n_done
        report(0.5, "Đang xoá dữ liệu hết hạn lưu", "Removing data kept long enough")
    return {"records": total}


def _of_project(project: Project, now: datetime, *, is_dry: bool) -> Iterator[Done]:
    rules = retention.rules_of(project)
    today = timezone.localdate(now)
    for kind in (kind for kind in rules if kind in retention.WHAT):
        for form in _forms(project):
            due = due_on(form, kind, rules[kind])
            if due is not None and due <= today:
                yield retention.clear_form(form, kind, is_dry=is_dry)
                if kind is Kind.CONTACTS and (found := _round(form)) is not None:
                    yield _clear_hints(form, found, is_dry=is_dry)
                if kind is Kind.IDENTIFYING and not is_dry:
                    _read_draws_anew(form)
    if Kind.QUARANTINE in rules:
        moment = retention.before(rules[Kind.QUARANTINE], now)
        yield retention.clear_quarantine(project, moment, is_dry=is_dry)
    if Kind.TESTS in rules:
        moment = retention.before(rules[Kind.TESTS], now)
        yield retention.clear_tests(project, moment, is_dry=is_dry)


def _clear_hints(form: Form, found: Round, *, is_dry: bool) -> Done:
    """How to find a household is contact data as well."""
    hints = SampledHousehold.objects.filter(round=found).exclude(address_hint="")
    n_done = hints.count() if is_dry else hints.update(address_hint="")
    return Done(Kind.CONTACTS, form.project, None, n_done)


def _read_draws_anew(form: Form) -> None:
    """Visits hold a copy of who was drawn; it follows what the versions say now.

    One transaction a household, so that nobody waits for the clock; what a crash leaves out is
    found the next day.
    """
    redacted = ErasedVersion.objects.filter(version__submission=OuterRef("submission"))
    visits = Visit.objects.filter(Exists(redacted), submission__form=form, draw__by__gt=0)
    for submission_id in list(visits.values_list("submission_id", flat=True)):
        outcomes.apply(submission_id)


def _forms(project: Project) -> Iterator[Form]:
    forms = Form.objects.filter(project=project).select_related("project", "round_form__round")
    yield from forms.order_by("pk")


def _round(form: Form) -> Round | None:
    found = getattr(form, "round_form", None)
    return found.round if found is not None else None
