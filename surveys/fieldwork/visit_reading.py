"""Reads what a visit says out of the records of its submission; trusts no value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from surveys.fieldwork.dispositions import CONTACTS, DISPOSITIONS, UNREADABLE
from surveys.fieldwork.kish import Draw

CORE_ITEMS = ("a_phone", "a_net3m", "a_bank", "a_wallet", "a_vneid")
SATISFACTION_MINIMUM = ("used", "overall")
SEXES = ("m", "f", "o")
# Numbers of persons that figures or weights rest on; what stands there must be one.
COUNTS = {"A": ("hh_size",), "B": ("n_a18", "sel_line")}
MOST_PERSONS = 99
# A phone whose clock runs further ahead than this is not believed.
CLOCK_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class VisitReading:
    household: str
    disposition: str
    contact: str
    reaches_minimum: bool
    visited_at: datetime
    draw: Draw | None
    is_count_unreadable: bool


def read_visit(
    kind: str, root: Mapping[str, Any], person_1: Mapping[str, Any], arrived_at: datetime
) -> VisitReading:
    """The visit of a root record (and, form A, of the record of person 1)."""
    values, person = by_name(root), by_name(person_1)
    stated = values.get("disp", "")
    contact = values.get("contact", "")
    asked = person if kind == "A" else values
    needed = CORE_ITEMS if kind == "A" else SATISFACTION_MINIMUM
    has_minimum = values.get("consent") == "yes" and all(asked.get(name) for name in needed)
    return VisitReading(
        household=values.get("hh", "").strip(),
        disposition=stated if stated in DISPOSITIONS else UNREADABLE,
        contact=contact if contact in CONTACTS else "",
        reaches_minimum=has_minimum,
        visited_at=_moment(values.get("start", ""), arrived_at),
        draw=_draw(values) if kind == "B" else None,
        is_count_unreadable=has_minimum and not _counts_fit(kind, values),
    )


def household_of(root: Mapping[str, Any]) -> str:
    """The household id that a root record names."""
    return by_name(root).get("hh", "").strip()


def by_name(values: Mapping[str, Any]) -> dict[str, str]:
    """Columns by the last part of their path, so that a form may regroup its questions.

    Sorted, because a database gives them back in an order of its own: of two with one name it is
    always the same that counts, and never one that the form does not know (`?…`).
    """
    return {column.rsplit("/", 1)[-1]: str(values[column] or "") for column in sorted(values)}


def draw_json(draw: Draw | None) -> dict[str, Any]:
    if draw is None:
        return {}
    return {"line": draw.line, "n18": draw.n18, "sex": draw.sex, "by": draw.birth_year}


def draw_of(stored: Mapping[str, Any] | str) -> Draw | None:
    """The draw back from what `draw_json` gave."""
    values = json.loads(stored) if isinstance(stored, str) else stored
    if not values:
        return None
    return Draw(values["line"], values["n18"], values["sex"], values["by"])


def _draw(values: Mapping[str, str]) -> Draw | None:
    line, n18 = _whole(values.get("sel_line", "")), _whole(values.get("n_a18", ""))
    if not line or not n18:
        return None
    sex = values.get("sel_sex", "")
    return Draw(line, n18, sex if sex in SEXES else "", _whole(values.get("sel_by", "")))


def _counts_fit(kind: str, values: Mapping[str, str]) -> bool:
    """Whether each number of persons that was given is one; a question not asked is no fault."""
    given = [values[name] for name in COUNTS.get(kind, ()) if values.get(name, "").strip()]
    return all(1 <= (_whole(text) or 0) <= MOST_PERSONS for text in given)


def _whole(text: str) -> int | None:
    """JavaRosa may write a computed whole number as 2 or as 2.0."""
    head = text.strip().removesuffix(".0")
    return int(head) if head.isascii() and head.isdigit() and len(head) <= 4 else None


def _moment(text: str, arrived_at: datetime) -> datetime:
    """When the visit began by the phone's clock, unless that cannot be."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return arrived_at
    if moment.tzinfo is None:
        moment = timezone.make_aware(moment)
    is_possible = datetime(2020, 1, 1, tzinfo=UTC) < moment < arrived_at + CLOCK_TOLERANCE
    return moment if is_possible else arrived_at
