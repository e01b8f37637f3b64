"""Figures that others printed of a commune, entered by staff and held against the survey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results.models import Claim, Run

SOURCE_LENGTH: Final = 200


class ClaimRefused(Refused):
    """400.163 it cannot be, 404.163 gone, 409.163 there already."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the report says; `percent` is 0..100, `is_at_least` stands for "more than"."""

    commune: str  # "" = the whole area of the round
    indicator: str
    percent: float
    source: str
    stated_on: date
    is_at_least: bool = False


def add(actor: Actor, run: Run, said: Said) -> Claim:
    """Store what a report says of a commune of the run's round.

    Raises
    ------
    rights.Forbidden : without the right to run analyses of the project.
    ClaimRefused : 400.163, 409.163.
    """
    project = run.round.project
    rights.require(actor, Right.RUN_ANALYSIS, project)
    _check(run, said)
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                round=run.round,
                commune=said.commune,
                indicator=said.indicator,
                share=said.percent / 100,
                is_at_least=said.is_at_least,
                source=said.source.strip()[:SOURCE_LENGTH],
                stated_on=said.stated_on,
                created_by=actor,
            )
            audit.record(
                "claim.add",
                actor=actor,
                project=project,
                round=run.round_id,
                commune=said.commune,
                indicator=said.indicator,
                share=claim.share,
            )
    except IntegrityError as error:
        raise ClaimRefused(409.163) from error
    return claim


def _check(run: Run, said: Said) -> None:
    definition = run.report.get("definitions", {}).get(said.indicator)
    is_share = definition is not None and definition.get("unit") == "share"
    codes = {"", *run.estimates.values_list("domain", flat=True).filter(domain_type="commune")}
    is_sound = (
        is_share
        and not definition.get("categories")
        and said.commune in codes
        and 0 <= said.percent <= 100
        and bool(said.source.strip())
        and "\x00" not in said.source  # PostgreSQL cannot keep it
        and said.stated_on <= timezone.localdate()
    )
    if not is_sound:
        raise ClaimRefused(400.163)


def remove(actor: Actor, round_: Round, claim_id: int) -> None:
    """Delete a claim; the log keeps what it said.

    Raises
    ------
    rights.Forbidden, ClaimRefused : as `add`; 404.163.
    """
    rights.require(actor, Right.RUN_ANALYSIS, round_.project)
    with transaction.atomic():
        claim = Claim.objects.filter(pk=claim_id, round=round_).first()
        if claim is None:
            raise ClaimRefused(404.163)
        audit.record(
            "claim.remove",
            actor=actor,
            project=round_.project,
            round=round_.pk,
            commune=claim.commune,
            indicator=claim.indicator,
            share=claim.share,
            source=claim.source,
        )
        claim.delete()
