"""Plans of teams that help people: asked for, found, deleted. Light: a web process loads this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction

from surveys.collection import audit, jobs, rights
from surveys.collection.models import Actor, Job, Project
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right, Who
from surveys.fieldwork.models import Round
from surveys.results.models import Artefact, OutreachPlan, Run
from surveys.results.outreach_needs import KINDS, needs_of_run
from surveys.results.run_rights import require_run

JOB_KIND: Final = "outreach"
MOST_UNFINISHED: Final = 3
UNFINISHED: Final = (Job.State.QUEUED, Job.State.RUNNING)
SEED: Final = 20261101  # one for all plans of a run, so that they are compared on the same draws
NAME_LENGTH: Final = 80
FILE_KIND: Final = "plan"  # files of plans stand among those of their run
FIRM, NEVER = 0.9, 0.1  # chosen that often in redraws: sure, surely not
TRAVEL_RULES: Final = ("visit", "change")


class OutreachPlanRefused(Refused):
    """400.161 a scenario that cannot be, 404.161 gone, 409.161 no figures, 429.161 wait."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A scenario as it is stored; `helped` in the order of KINDS, people a team-day.

    `comes` is per cent: of those in need, who can be expected to come at all.
    """

    teams: int = 2
    days: int = 12
    comes: float = 5.0
    travel: float = 0.5
    travel_rule: str = "visit"
    helped: tuple[float, ...] = (6.0, 12.0, 20.0, 15.0, 12.0)
    most_days: int = 5
    least_days: int = 0
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Wish:
        """From JSON."""
        lists = {name: tuple(stored[name]) for name in ("helped", "must", "must_not")}
        return cls(**{**stored, **lists})

    def to_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "helped": list(self.helped),
            "must": sorted(self.must),
            "must_not": sorted(self.must_not),
        }


def check(wish: Wish) -> None:
    """Raise `OutreachPlanRefused` 400.161 for numbers that no form would send."""
    spans = (
        ("teams", wish.teams, 1, 50),
        ("days", wish.days, 1, 60),
        ("travel", wish.travel, 0, 5),
        ("comes", wish.comes, 0.1, 100),
        ("most_days", wish.most_days, 1, 30),
        ("least_days", wish.least_days, 0, 30),
        *(("helped", each, 0, 2000) for each in wish.helped),
    )
    for name, value, low, high in spans:
        if not low <= value <= high:
            _refuse(f"“{name}” phải từ {low} đến {high}.", f'"{name}" must be {low} to {high}.')
    if (2 * wish.travel) % 1 or wish.travel_rule not in TRAVEL_RULES:
        _refuse(
            "thời gian đi lại là số ngày tròn hoặc nửa ngày.",
            "travel takes whole or half days.",
        )
    if len(wish.helped) != len(KINDS) or not any(wish.helped):
        _refuse(
            "hãy cho ít nhất một loại việc có số người giúp được mỗi ngày lớn hơn 0.",
            "give at least one kind of help with more than 0 people a day.",
        )


def _refuse(vi: str, en: str) -> None:
    raise OutreachPlanRefused(400.161, reason_vi=vi, reason_en=en)


def is_unsure(chosen: float) -> bool:
    """Whether the data leave open if a commune belongs into the plan."""
    return NEVER < chosen < FIRM


def file_name(plan: OutreachPlan, language: str, suffix: str) -> str:
    """What a file of a plan is called among those of its run."""
    return f"plan-{plan.pk}-{language}.{suffix}"


def file_of(plan: OutreachPlan, language: str, suffix: str) -> Artefact | None:
    """A file that the worker made with the plan; None where it made none."""
    name = file_name(plan, language, suffix)
    return Artefact.objects.filter(run=plan.run_id, kind=FILE_KIND, name=name).first()


def forget_files(plan: OutreachPlan) -> None:
    """Let go of the files of a plan; the sweep frees their bytes."""
    stem = f"plan-{plan.pk}-"
    Artefact.objects.filter(run=plan.run_id, kind=FILE_KIND, name__startswith=stem).delete()


def scope_of(who: Who, project: Project) -> frozenset[str] | None:
    """The communes that a person plans for; None: all, empty: none."""
    return rights.communes_with(who, Right.PLAN_OUTREACH, project)


def ask(actor: Actor, run: Run, name: str, wish: Wish) -> OutreachPlan:
    """Queue a plan for the communes that the person plans for.

    Raises
    ------
    rights.Forbidden : 403.1, no right to plan here, or to read the run.
    OutreachPlanRefused : 400.161, 409.161, 429.161.
    """
    project = run.round.project
    rights.require(actor, Right.PLAN_OUTREACH, project)
    require_run(actor, run)
    scope = scope_of(actor, project)
    check(wish)
    needs = needs_of_run(run, communes=scope)
    if not any(each.is_known for each in needs):
        raise OutreachPlanRefused(409.161)
    outside = {*wish.must, *wish.must_not} - {each.code for each in needs}
    if outside:
        raise rights.Forbidden(403.1, right=Right.PLAN_OUTREACH.value)
    with transaction.atomic():
        Actor.objects.select_for_update().get(pk=actor.pk)  # two clicks take turns
        going = OutreachPlan.objects.filter(created_by=actor, job__state__in=UNFINISHED)
        if going.count() >= MOST_UNFINISHED:
            raise OutreachPlanRefused(429.161, limit=MOST_UNFINISHED)
        plan = OutreachPlan.objects.create(
            run=run,
            created_by=actor,
            name=name.strip()[:NAME_LENGTH] or f"{wish.teams} × {wish.days}",
            scenario=wish.to_json(),
            communes=sorted(scope) if scope is not None else [],
        )
        payload = {"outreach_plan": plan.pk}
        plan.job = jobs.enqueue(JOB_KIND, payload, lane=Job.Lane.LONG, actor=actor)
        plan.save(update_fields=["job"])
        audit.record("outreach.plan", actor=actor, project=project, run=run.pk, plan=plan.pk)
    return plan


def plans_of(who: Who, round_: Round) -> list[OutreachPlan]:
    """The plans of a round that a person may read, newest first."""
    rows = OutreachPlan.objects.filter(run__round=round_).select_related(
        "run__round__project", "job", "created_by"
    )
    access = rights.access_of(who)
    sees_all = access.may(Right.READ_UNPUBLISHED_RUNS, round_.project_id)
    scope = access.communes(Right.PLAN_OUTREACH, round_.project_id)
    return [
        each
        for each in rows.order_by("-pk")[:200]
        if _is_within(each, scope) and (sees_all or each.run.published_at is not None)
    ]


def find(who: Who, plan_id: int) -> OutreachPlan:
    """One plan for a person.

    Raises
    ------
    OutreachPlanRefused : 404.161.
    rights.Forbidden : it reaches communes that the person does not plan for.
    """
    plan = (
        OutreachPlan.objects.select_related("run__round__project", "job", "created_by")
        .filter(pk=plan_id, run__round__project__deleted_at=None)
        .first()
    )
    if plan is None:
        raise OutreachPlanRefused(404.161)
    if not _is_within(plan, scope_of(who, plan.run.round.project)):
        raise rights.Forbidden(403.1, right=Right.PLAN_OUTREACH.value)
    require_run(who, plan.run)
    return plan


def may_delete(who: Who, plan: OutreachPlan) -> bool:
    """Its maker, and who manages the rounds of the project."""
    is_own = rights.actor_id_of(who) == plan.created_by_id
    return is_own or rights.may(who, Right.MANAGE_ROUNDS, plan.run.round.project)


def delete(actor: Actor, plan: OutreachPlan) -> None:
    """Remove a plan for good; the run that it was made from stays.

    Raises
    ------
    rights.Forbidden : unless `may_delete` and the plan can be found by the person.
    """
    find(actor, plan.pk)
    if not may_delete(actor, plan):
        raise rights.Forbidden(403.1, right=Right.MANAGE_ROUNDS.value)
    with transaction.atomic():
        project = plan.run.round.project
        audit.record("outreach.delete", actor=actor, project=project, plan=plan.pk, name=plan.name)
        forget_files(plan)
        plan.delete()


def _is_within(plan: OutreachPlan, scope: frozenset[str] | None) -> bool:
    return scope is None or (bool(plan.communes) and set(plan.communes) <= scope)
