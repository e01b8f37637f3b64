"""Deciding on a doubtful pair of an old and a new unit, and giving a divided one its shares."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Final

from django.db import transaction

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.territory.links import in_use, renew_kinds
from surveys.territory.models import AdminLink, AdminUnit, Level
from surveys.territory.shipped import REFORM

COLUMNS: Final = ("old", "new", "verdict", "share", "source")
SLACK: Final = 0.005  # shares are typed with two decimals


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody says about a pair; `share` None leaves it unknown."""

    verdict: AdminLink.Verdict
    share: float | None
    source: str


def decide(actor: Actor | None, old: AdminUnit, new: AdminUnit, decision: Decision) -> AdminLink:
    """Accept or reject a pair, and note the share of the old unit's people that it carries.

    `actor` is None for the command line. A pair that no list has may be added.

    Raises
    ------
    Forbidden : not an administrator.
    Refused : no source, a share outside 0..1, shares of one unit above 1, the last pair rejected.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    share = None if decision.verdict is AdminLink.Verdict.REJECTED else decision.share
    if not decision.source.strip():
        raise Refused(400.121)
    if share is not None and not (isfinite(share) and 0 < share <= 1):
        raise Refused(400.122, share=f"{share:g}")
    with transaction.atomic():
        link, _ = AdminLink.objects.select_for_update().get_or_create(
            old=old, new=new, defaults={"kind": AdminLink.Kind.PART, "source": decision.source}
        )
        before = {"verdict": link.verdict, "share": link.share, "source": link.source}
        link.verdict, link.source = decision.verdict, decision.source
        link.share, link.share_source = share, decision.source if share is not None else ""
        link.save()
        left = in_use().filter(old=old)
        if not left.exists():
            raise Refused(409.121, old=f"{old.code} {old.full_name}")
        shares = left.exclude(share_source="").values_list("share", flat=True)
        total = sum(each or 0.0 for each in shares)
        if total > 1 + SLACK:
            raise Refused(409.122, old=f"{old.code} {old.full_name}", total=f"{total:.2f}")
        renew_kinds([old])
        audit.record(
            "area.link",
            actor=actor,
            old=old.code,
            new=new.code,
            before=before,
            verdict=str(decision.verdict),
            share=share,
            source=decision.source,
        )
    link.refresh_from_db()
    return link


def decide_all(actor: Actor | None, path: Path) -> int:
    """Apply a CSV with the columns of `COLUMNS`; all of it or nothing.

    Raises
    ------
    Refused : as `decide`, or a file that cannot be read, naming the line.
    """
    with transaction.atomic():
        lines = list(_lines(path))
        # Rejections last: a pair that replaces another must be there first.
        for number, row in sorted(lines, key=lambda line: line[1]["verdict"] == "rejected"):
            old, new = _pair(number, row)
            decide(actor, old, new, _decision(number, row))
    return len(lines)


def _lines(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            if missing := set(COLUMNS) - set(reader.fieldnames or ()):
                raise Refused(400.123, columns=", ".join(sorted(missing)))
            yield from enumerate(reader, 2)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refused(400.124, path=str(path)) from error


def _pair(number: int, row: dict[str, str]) -> tuple[AdminUnit, AdminUnit]:
    old = _unit(row["old"], number, is_old=True)
    return old, _unit(row["new"], number, is_old=False)


def _unit(code: str, number: int, *, is_old: bool) -> AdminUnit:
    units = AdminUnit.objects.filter(level=Level.COMMUNE, code=(code or "").strip().zfill(5))
    found = units.filter(valid_to=REFORM) if is_old else units.filter(valid_from=REFORM)
    unit = found.first()
    if unit is None:
        day = date(2025, 6, 30) if is_old else REFORM
        raise Refused(400.125, line=number, commune=code, day=f"{day:%d/%m/%Y}")
    return unit


def _decision(number: int, row: dict[str, str]) -> Decision:
    try:
        verdict = AdminLink.Verdict((row["verdict"] or "accepted").strip())
        share = float(row["share"]) if (row["share"] or "").strip() else None
    except ValueError:
        raise Refused(400.126, line=number) from None
    return Decision(verdict, share, row["source"] or "")
