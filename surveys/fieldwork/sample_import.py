"""Imports what a round is drawn from and weighted to, from CSV or XLSX: all of a file or nothing.

A new file takes the place of the former one as long as no household has been visited.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round, RoundForm, Visit
from surveys.fieldwork.round_facts import RoundRefused
from surveys.fieldwork.sample_benchmarks import read_benchmarks, store_benchmarks
from surveys.fieldwork.sample_columns import COLUMNS, Column, Kind
from surveys.fieldwork.sample_communes import read_communes, store_communes
from surveys.fieldwork.sample_files import SheetRow, read_rows, template_csv, template_xlsx
from surveys.fieldwork.sample_households import read_households, store_households
from surveys.fieldwork.sample_problems import Findings, ImportProblem, ImportRefused
from surveys.fieldwork.sample_villages import read_villages, store_villages

__all__ = [
    "COLUMNS",
    "Column",
    "ImportProblem",
    "ImportRefused",
    "Imported",
    "Kind",
    "import_benchmarks",
    "import_communes",
    "import_file",
    "import_households",
    "import_villages",
    "template_csv",
    "template_xlsx",
]

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Imported:
    """What was stored; `needs_publishing`: the phones' lists of villages are older than it."""

    kind: Kind
    rows: int
    needs_publishing: bool = False


def import_villages(actor: Actor, round_: Round, data: bytes) -> Imported:
    """Store the villages drawn; the households of a former list go with it.

    Raises
    ------
    ImportRefused : with row, column, fault and remedy of everything that is wrong.
    RoundRefused : 409.11 the round is locked, 409.14 households have been visited.
    """
    return _import(
        actor,
        round_,
        Kind.VILLAGES,
        data,
        read=lambda rows, findings: read_villages(rows, round_, findings),
        store=lambda rows: store_villages(round_, rows),
    )


def import_households(actor: Actor, round_: Round, data: bytes) -> Imported:
    """Store the households drawn; id, kish_u and arm come from the round's seed when not given."""
    return _import(
        actor,
        round_,
        Kind.HOUSEHOLDS,
        data,
        read=lambda rows, findings: read_households(rows, round_, findings),
        store=lambda rows: store_households(round_, rows),
    )


def import_benchmarks(actor: Actor, round_: Round, data: bytes) -> Imported:
    """Store the population counts that weights are raked to; possible in a locked round too."""
    return _import(
        actor,
        round_,
        Kind.BENCHMARKS,
        data,
        read=lambda rows, findings: read_benchmarks(rows, round_, findings),
        store=lambda rows: store_benchmarks(round_, rows),
    )


def import_communes(actor: Actor, round_: Round, data: bytes) -> Imported:
    """Store the communes of the area, sampled or not; possible in a locked round too."""
    return _import(
        actor,
        round_,
        Kind.COMMUNES,
        data,
        read=lambda rows, findings: read_communes(rows, round_, findings),
        store=lambda rows: store_communes(round_, rows),
    )


def import_file(actor: Actor, round_: Round, kind: Kind | str, data: bytes) -> Imported:
    """One of the four, by its name."""
    importers = {
        Kind.VILLAGES: import_villages,
        Kind.HOUSEHOLDS: import_households,
        Kind.BENCHMARKS: import_benchmarks,
        Kind.COMMUNES: import_communes,
    }
    return importers[Kind(kind)](actor, round_, data)


def _import(
    actor: Actor,
    round_: Round,
    kind: Kind,
    data: bytes,
    *,
    read: Callable[[list[SheetRow], Findings], list[Row]],
    store: Callable[[list[Row]], None],
) -> Imported:
    rights.require(actor, Right.MANAGE_ROUNDS, round_.project)
    findings = Findings()
    sheet = read_rows(kind, data, findings)
    with transaction.atomic():
        # one import at a time: another must not come between the checks and the storing
        Round.objects.select_for_update().get(pk=round_.pk)
        if kind not in (Kind.BENCHMARKS, Kind.COMMUNES):
            _require_unvisited(round_)
        rows = read(sheet, findings)
        findings.stop()
        store(rows)
        audit.record(
            "round.import",
            actor=actor,
            project=round_.project,
            round=round_.pk,
            kind=kind.value,
            rows=len(rows),
        )
        is_out = kind is Kind.VILLAGES and RoundForm.objects.filter(round=round_).exists()
    return Imported(kind, len(rows), needs_publishing=is_out)


def _require_unvisited(round_: Round) -> None:
    if round_.state == Round.State.LOCKED:
        raise RoundRefused(409.11)
    if Visit.objects.filter(household__round=round_).exists():
        raise RoundRefused(409.14)
