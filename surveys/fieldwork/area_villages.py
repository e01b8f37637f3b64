"""A table of moves, mergers, splits and renames of villages: checked as a whole, then applied."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.area_tables import AreaTable, Source, read_table
from surveys.territory.models import AdminUnit, Level, Village, VillageLink
from surveys.territory.units import ALIASES, in_force
from surveys.territory.villages import Conflict, VillageTimeError, add, end, move

COLUMNS: Final = ("village_id", "commune", "from", "source", "became", "how", "name", "households")
NEEDED: Final = COLUMNS[:4]
CODES: Final = {
    Conflict.UNIT_NOT_IN_FORCE: 409.131,
    Conflict.NOT_YET: 409.132,
    Conflict.GONE: 409.133,
    Conflict.SAME_DAY: 409.134,
    Conflict.ITSELF: 409.135,
    Conflict.ENDED: 409.136,
    Conflict.MOVED_LATER: 409.137,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a place from a day on (`commune`), or what the village became (`became`)."""

    number: int
    village: str
    commune: str
    since: date
    source: str
    became: str
    how: str
    name: str
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    added: int
    moved: int
    ended: int


def apply_villages(actor: Actor | None, source: Source) -> Applied:
    """Apply a file with the columns of `COLUMNS`; all of it or nothing. Twice is as once.

    `actor` is None for the command line.

    Raises
    ------
    Forbidden : not an administrator.
    Refused : a line that cannot be, by its number.
    """
    if actor is not None:
        rights.require(actor, Right.ADMINISTER)
    # Places first, in the order of time: a village must be there to become another.
    lines = sorted(read_lines(source), key=lambda line: (bool(line.became), line.since))
    with transaction.atomic():
        known = Village.objects.in_bulk(
            {line.village for line in lines} | {line.became for line in lines if line.became}
        )
        added = moved = ended = sized = 0
        for line in lines:
            try:
                if line.became:
                    ended += _ended(line, known)
                elif line.village in known:
                    village = known[line.village]
                    moved += move(village, _unit(line), since=line.since, source=line.source)
                else:
                    known[line.village] = _added(line)
                    added += 1
                sized += _sized(line, known)
            except VillageTimeError as error:
                raise Refused(
                    CODES[error.conflict],
                    line=line.number,
                    subject=error.subject,
                    day=f"{error.day:%d/%m/%Y}",
                    stored=error.stored,
                ) from error
        done = Applied(added, moved, ended)
        if added or moved or ended or sized:
            audit.record(
                "area.villages",
                actor=actor,
                name=source.name,
                added=added,
                moved=moved,
                ended=ended,
            )
    return done


def read_lines(source: Source) -> list[Line]:
    """The lines as typed values. Raises `Refused` naming the line."""
    table = read_table(source)
    if missing := set(NEEDED) - set(table.columns):
        raise Refused(400.132, columns=", ".join(sorted(missing)))
    return list(_lines(table))


def _lines(table: AreaTable) -> Iterator[Line]:
    for row in table.rows:
        number, cell = row.number, {name: row[name] for name in COLUMNS}
        try:
            since = date.fromisoformat(cell["from"])
        except ValueError:
            raise Refused(400.133, line=number, value=cell["from"]) from None
        if not cell["village_id"] or len(cell["village_id"]) > 40:
            raise Refused(400.134, line=number)
        if not cell["source"]:
            raise Refused(400.135, line=number)
        if bool(cell["commune"]) == bool(cell["became"]):
            raise Refused(400.136, line=number)
        how = cell["how"] or VillageLink.Kind.MERGED.value
        if how not in VillageLink.Kind.values:
            raise Refused(400.137, line=number, value=how)
        yield Line(
            number,
            cell["village_id"],
            cell["commune"],
            since,
            cell["source"][:200],
            cell["became"],
            how,
            cell["name"][:100],
            _households(number, cell["households"]),
        )


def _households(number: int, said: str) -> int | None:
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 6):
        raise Refused(400.164, line=number, value=said)
    return int(said)


def _sized(line: Line, known: dict[str, Village]) -> bool:
    """How many households live there, by the newest line of the file; plans of teams read it."""
    if line.households is None or line.village not in known:
        return False
    village = known[line.village]
    if village.households == line.households:
        return False
    village.households = line.households
    return bool(Village.objects.filter(pk=village.pk).update(households=line.households))


def _unit(line: Line) -> AdminUnit:
    """The commune of the code on that day; another bearer of the code is named, never taken."""
    code = line.commune.zfill(5)
    unit = in_force(line.since).filter(code__in={code, ALIASES.get(code, code)}).first()
    if unit is not None:
        return unit
    bearers = AdminUnit.objects.filter(level=Level.COMMUNE, code=code).order_by("valid_from")
    candidates = ", ".join(f"{each} {each.valid_from:%d/%m/%Y}" for each in bearers) or "–"
    raise Refused(
        400.138,
        line=line.number,
        commune=line.commune,
        day=f"{line.since:%d/%m/%Y}",
        candidates=candidates,
    )


def _added(line: Line) -> Village:
    """A village of which nothing was stored; where it lay before that day is not known."""
    if not line.name:
        raise Refused(400.139, line=line.number, village=line.village)
    unit = _unit(line)
    village = Village(id=line.village, name=line.name, unit=unit)
    add([village], line.source, since=line.since)
    return village


def _ended(line: Line, known: dict[str, Village]) -> bool:
    for village in (line.village, line.became):
        if village not in known:
            raise Refused(400.139, line=line.number, village=village)
    return end(
        known[line.village],
        known[line.became],
        VillageLink.Kind(line.how),
        day=line.since,
        source=line.source,
    )
