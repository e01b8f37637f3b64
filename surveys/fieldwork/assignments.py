"""Which enumerator visits which households."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import Actor, AppUser
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork import case_rows, outcomes
from surveys.fieldwork.models import Assignment, CaseOutcome, Round, SampledHousehold


class AssignRefused(Refused):
    """404.5 no such enumerator, 409.11 the round is over, 400.2 not (all) its households."""


def assign(
    actor: Actor, round_: Round, household_ids: Collection[int], app_user: AppUser | None
) -> int:
    """Give households to an enumerator, or (None) to everybody; returns how many changed hands.

    The households' revisions rise, so that each phone's list takes the change over.
    """
    rights.require(actor, Right.SUPERVISE, round_.project)
    if round_.state == Round.State.LOCKED:
        raise AssignRefused(409.11)
    if app_user is not None and (
        app_user.project_id != round_.project_id or app_user.token is None
    ):
        raise AssignRefused(404.5)
    wanted = sorted(set(household_ids))
    with transaction.atomic():
        outcomes.lock_households(wanted)
        found = _reachable(actor, round_).filter(pk__in=wanted)
        now_with = dict(found.values_list("pk", "assignment__app_user"))
        if len(now_with) != len(wanted):
            raise AssignRefused(400.2, field="households")
        to = app_user.pk if app_user is not None else None
        changed = [pk for pk, owner in now_with.items() if owner != to]
        Assignment.objects.filter(household__in=changed).delete()
        if app_user is not None:
            Assignment.objects.bulk_create(
                Assignment(household_id=pk, app_user=app_user, round=round_) for pk in changed
            )
            case_rows.recount(app_user.pk, round_.pk)
        _raise_revisions(round_, changed)
        audit.record(
            "round.assign",
            actor=actor,
            project=round_.project,
            round=round_.pk,
            households=len(changed),
            to=to,
        )
    return len(changed)


def assign_villages(
    actor: Actor, round_: Round, psus: Collection[str], app_user: AppUser | None
) -> int:
    """Give all households of these villages (codes of PSUs) to one enumerator."""
    households = SampledHousehold.objects.filter(round=round_, village__psu__in=psus)
    return assign(actor, round_, list(households.values_list("pk", flat=True)), app_user)


def _reachable(actor: Actor, round_: Round) -> QuerySet[SampledHousehold]:
    """The households whose commune the actor supervises."""
    households = SampledHousehold.objects.filter(round=round_)
    communes = rights.communes_with(actor, Right.SUPERVISE, round_.project)
    if communes is None:
        return households
    return households.filter(
        village__village__unit__code__in=communes, village__village__unit__valid_to=None
    )


def _raise_revisions(round_: Round, household_ids: list[int]) -> None:
    now = timezone.now()
    rows = CaseOutcome.objects.filter(round=round_, household__in=household_ids)
    rows.update(revision=F("revision") + 1, updated_at=now)
    for kind in outcomes.HOUSEHOLD_KINDS:
        there = set(rows.filter(kind=kind).values_list("household_id", flat=True))
        CaseOutcome.objects.bulk_create(
            CaseOutcome(round=round_, household_id=pk, kind=kind, updated_at=now)
            for pk in household_ids
            if pk not in there
        )
