"""Later changes of type or name of units, from a table: checked as a whole, then stored.

The territory stays, so it is the same unit; its former title is kept with its days.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.area_tables import Source, TableRow, read_table
from surveys.territory.models import AdminUnit, Level, UnitTitle
from surveys.territory.units import in_force, retitle

COLUMNS: Final = ("code", "level", "type", "name", "valid_from", "source")


@dataclass(frozen=True, slots=True)
class Title:
    """One line: what a unit is called from a day on."""

    unit: AdminUnit
    type: str
    name: str
    since: date
    source: str


def apply_titles(actor: Actor | None, source: Source) -> int:
    """Store the titles of a table with the columns of `COLUMNS`; gives how many are new.

    All of it or nothing; the same file again changes nothing. `actor` is None for the command line.

    Raises
    ------
    Forbidden : not an administrator.
    Refused : a line that cannot be, by its number; another title from the very same day.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    table = read_table(source)
    if missing := set(COLUMNS) - set(table.columns):
        raise Refused(400.158, columns=", ".join(sorted(missing)))
    with transaction.atomic():
        new = sum(_stored(row) for row in table.rows)
        if new:
            audit.record("area.titles", actor=actor, name=source.name, added=new)
    return new


def _stored(row: TableRow) -> bool:
    title = _title(row)
    same = UnitTitle.objects.filter(unit=title.unit, valid_from=title.since).first()
    if same is not None and (same.type, same.name) != (title.type, title.name):
        raise Refused(409.138, line=row.number, stored=f"{same.type} {same.name}")
    if same is not None:
        return False
    retitle(title.unit, title.type, title.name, since=title.since, source=title.source)
    return True


def _title(row: TableRow) -> Title:
    try:
        since = date.fromisoformat(row["valid_from"])
    except ValueError:
        raise Refused(400.133, line=row.number, value=row["valid_from"]) from None
    if not row["source"]:
        raise Refused(400.135, line=row.number)
    if row["level"] not in Level.values or not row["type"] or not row["name"]:
        raise Refused(400.159, line=row.number)
    level = Level(row["level"])
    width = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}[level]
    unit = in_force(since, level).filter(code=row["code"].zfill(width)).first()
    if unit is None:
        day = f"{since:%d/%m/%Y}"
        raise Refused(400.138, line=row.number, commune=row["code"], day=day, candidates="–")
    return Title(unit, row["type"][:20], row["name"][:100], since, row["source"][:200])
