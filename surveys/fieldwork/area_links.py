"""Deciding on a doubtful pair of an old and a new unit, and giving a divided one its shares."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final

from django.db import transaction

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.area_tables import Source, TableRow, read_table
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


def decide_all(actor: Actor | None, source: Source) -> int:
    """Apply a table with the columns of `COLUMNS`; all of it or nothing. Gives how many pairs.

    Raises
    ------
    Forbidden, Refused : as `decide`, or a table that cannot be read, naming the line.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    table = read_table(source)
    if missing := set(COLUMNS) - set(table.columns):
        raise Refused(400.123, columns=", ".join(sorted(missing)))
    with transaction.atomic():
        # Rejections last: a pair that replaces another must be there first.
        for row in sorted(table.rows, key=lambda row: row["verdict"] == "rejected"):
            old = _unit(row["old"], row.number, is_old=True)
            new = _unit(row["new"], row.number, is_old=False)
            decide(actor, old, new, _decision(row))
    return len(table.rows)


def _unit(code: str, number: int, *, is_old: bool) -> AdminUnit:
    units = AdminUnit.objects.filter(level=Level.COMMUNE, code=code.zfill(5))
    found = units.filter(valid_to=REFORM) if is_old else units.filter(valid_from=REFORM)
    unit = found.first()
    if unit is None:
        day = date(2025, 6, 30) if is_old else REFORM
        raise Refused(400.125, line=number, commune=code, day=f"{day:%d/%m/%Y}")
    return unit


def _decision(row: TableRow) -> Decision:
    try:
        verdict = AdminLink.Verdict(row["verdict"] or "accepted")
        share = float(row["share"].replace(",", ".")) if row["share"] else None
    except ValueError:
        raise Refused(400.126, line=row.number) from None
    return Decision(verdict, share, row["source"])
