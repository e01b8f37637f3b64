"""Goes through everything that another server has, and counts what is there and here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from forms.schema import NotAnXForm
from surveys.collection import publishing
from surveys.collection.models import Form, Submission
from surveys.collection.refusal import Refused
from surveys.fieldwork.importing.ledger import Ledger
from surveys.fieldwork.importing.pulled import Head, RemoteForm, Source
from surveys.fieldwork.importing.remote import RemoteFault
from surveys.fieldwork.importing.storing import NotStored, Store

SAY_EVERY: Final = 100
MOST_REASONS: Final = 50
BLOCK: Final = 500
_OWN_FAULTS: Final = (RemoteFault, NotStored, Refused, NotAnXForm)

Say = Callable[[str], None]


@dataclass
class FormReport:
    """One form: how many submissions are there and here, and why some are not here."""

    form_id: str
    there: int = 0
    here: int = 0
    fresh: int = 0  # put down or brought up to date by this run
    is_taken: bool = True
    reasons: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return self.is_taken and self.here == self.there and not self.reasons

    def fails(self, why: str) -> None:
        if len(self.reasons) < MOST_REASONS:
            self.reasons.append(why)


@dataclass
class Pull:
    """One run. What one form or submission refuses is told and the next one follows; it may be
    stopped at any moment and begun again.
    """

    source: Source
    store: Store
    ledger: Ledger
    may_stand_in: bool = False
    say: Say = lambda _line: None

    def run(self, only: Collection[str] = ()) -> list[FormReport]:
        """Everything of the source, or the forms of these ids."""
        reports = []
        for form in self.source.forms():
            if only and form.form_id not in only:
                continue
            report = FormReport(form.form_id)
            reports.append(report)
            if not form.is_published:
                report.is_taken = False
                report.fails("it is a draft there, never published")
                continue
            self.say(f"{form.form_id}: {form.name}")
            try:
                self._form(form, report)
            except _OWN_FAULTS as fault:
                report.is_taken = False
                report.fails(_why(fault))
        return reports

    def _form(self, form: RemoteForm, report: FormReport) -> None:
        stored = self.store.form(self.source.versions(form), form.form_id)
        there: set[str] = set()
        for head in self.source.heads(form):
            there.add(head.instance_id)
            if not self.ledger.has(form.form_id, head.instance_id, head.stamp):
                self._submission(form, stored, head, report)
            if len(there) % SAY_EVERY == 0:
                self.say(f"  {len(there)} looked at, {report.fresh} put down")
        report.there = len(there)
        report.here = count_here(stored, there)
        # Last: a form that is closed there was open when it was filled.
        if stored.state != form.state and form.state in Form.State.values:
            publishing.set_state(self.store.actor, stored, Form.State(form.state))

    def _submission(self, form: RemoteForm, stored: Form, head: Head, report: FormReport) -> None:
        try:
            pulled = self.source.submission(form, head)
            self.store.submission(stored, pulled, may_stand_in=self.may_stand_in)
        except _OWN_FAULTS as fault:
            report.fails(f"{head.instance_id}: {_why(fault)}")
            return
        self.ledger.note(form.form_id, head.instance_id, head.stamp)
        report.fresh += 1


def count_here(form: Form, instance_ids: Collection[str]) -> int:
    """How many of these submissions stand here, hidden ones too."""
    wanted = sorted(set(instance_ids))
    return sum(
        Submission.objects.filter(
            form=form, is_draft=False, instance_id__in=wanted[at : at + BLOCK]
        ).count()
        for at in range(0, len(wanted), BLOCK)
    )


def _why(fault: Exception) -> str:
    return fault.en if isinstance(fault, Refused) else str(fault)
