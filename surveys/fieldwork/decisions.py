"""A supervisor's word on a case: confirm it, send another visit, choose the record that counts."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from surveys.collection import audit
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden
from surveys.fieldwork import outcomes, scope
from surveys.fieldwork.case_rule import Ruling, VisitFacts
from surveys.fieldwork.dispositions import COMPLETE, PARTIAL
from surveys.fieldwork.models import CaseOutcome, Round, SampledHousehold
from surveys.fieldwork.outcomes import visits_of

LONGEST_NOTE = 500


class DecisionRefused(Refused):
    """400.33 it makes no sense for this case, 409.8 the case changed, 409.11 the round is over."""


def decide(
    actor: Actor,
    outcome: CaseOutcome,
    ruling: Ruling,
    *,
    submission_id: int | None = None,
    note: str = "",
) -> CaseOutcome:
    """Store the decision, apply the rule again, write the audit event; returns the case after it.

    `outcome` as the supervisor saw it: when a visit came meanwhile, the decision is refused. It
    speaks only of the visits that are there now.

    Raises
    ------
    Forbidden : not a supervisor of this household's commune.
    DecisionRefused : see the class.
    """
    if not scope.may_supervise(actor, outcome.household):
        raise Forbidden(403.1, right="supervise")
    with transaction.atomic():
        outcomes.lock_households([outcome.household_id])
        stored = CaseOutcome.objects.select_related("round").get(pk=outcome.pk)
        if stored.revision != outcome.revision:
            raise DecisionRefused(409.8)
        visits = visits_of(stored.household_id, stored.kind)
        _check(stored, ruling, submission_id, visits)
        decision = _decision(actor, ruling, submission_id, visits, note)
        CaseOutcome.objects.filter(pk=stored.pk).update(
            decision=decision, revision=F("revision") + 1, updated_at=timezone.now()
        )
        outcomes.recompute([stored.household_id], stored.kind)
        _audit(actor, stored, ruling, submission_id)
    stored.refresh_from_db()
    return stored


def withdraw(actor: Actor, outcome: CaseOutcome) -> CaseOutcome:
    """Take a decision back; the rule alone decides again."""
    if not scope.may_supervise(actor, outcome.household):
        raise Forbidden(403.1, right="supervise")
    with transaction.atomic():
        outcomes.lock_households([outcome.household_id])
        CaseOutcome.objects.filter(pk=outcome.pk).update(
            decision={}, revision=F("revision") + 1, updated_at=timezone.now()
        )
        outcomes.recompute([outcome.household_id], outcome.kind)
        audit.record(
            "outcome.decision.withdraw",
            actor=actor,
            project=outcome.round.project,
            household=outcome.household.name,
            kind=outcome.kind,
        )
    outcome.refresh_from_db()
    return outcome


def _check(
    outcome: CaseOutcome, ruling: Ruling, submission_id: int | None, visits: list[VisitFacts]
) -> None:
    if not visits:
        raise DecisionRefused(
            400.33,
            reason_vi="chưa có lượt đến nào của hộ này.",
            reason_en="this household has not been visited yet.",
        )
    if ruling is Ruling.REVISIT and outcome.round.state == Round.State.LOCKED:
        raise DecisionRefused(409.11)
    if ruling is Ruling.REVISIT and outcome.disposition == COMPLETE:
        raise DecisionRefused(
            400.33,
            reason_vi="hộ này đã hoàn thành. Muốn hỏi lại, hãy loại phiếu đã gửi trước.",
            reason_en="this household is complete. To ask again, reject its submission first.",
        )
    records = {v.submission_id for v in visits if v.code in (COMPLETE, PARTIAL)}
    if ruling is Ruling.CHOSEN and submission_id not in records:
        raise DecisionRefused(
            400.33,
            reason_vi="phiếu được chọn không phải phiếu đủ mức tối thiểu của hộ này.",
            reason_en="the chosen submission is no record of this household that reaches the "
            "minimum.",
        )


def _decision(
    actor: Actor, ruling: Ruling, submission_id: int | None, visits: list[VisitFacts], note: str
) -> dict[str, Any]:
    word: dict[str, Any]
    if ruling is Ruling.CHOSEN:
        word = {"submission": submission_id}
    else:
        word = {"confirmed" if ruling is Ruling.CONFIRMED else "revisit": True}
    return word | {
        "seen": {str(visit.submission_id): visit.code for visit in visits},
        "by": actor.pk,
        "by_name": actor.display_name,
        "at": timezone.now().isoformat(timespec="seconds"),
        "note": note.strip()[:LONGEST_NOTE],
    }


def _audit(actor: Actor, outcome: CaseOutcome, ruling: Ruling, submission_id: int | None) -> None:
    household: SampledHousehold = outcome.household
    audit.record(
        "outcome.decide",
        actor=actor,
        project=outcome.round.project,
        household=household.name,
        kind=outcome.kind,
        ruling=ruling.value,
        chosen=submission_id,
        was=outcome.disposition,
    )
