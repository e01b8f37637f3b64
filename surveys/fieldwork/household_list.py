"""The household list on a phone: an entity list made anew from the sample and the outcomes.

What the phone sees is never the source. Probabilities, strata and weights never leave the server;
the address hint (personal) goes to the phone of the assigned enumerator alone.
"""

import csv
import io
from collections.abc import Collection
from typing import Any, Final

from django.db import connection

from surveys.fieldwork.kish import kish_text
from surveys.fieldwork.models import SampledHousehold
from surveys.fieldwork.visit_reading import draw_of

HEADER: Final = (
    "name",
    "label",
    "__version",
    "psu",
    "commune_code",
    "admin_version",
    "hh_seq",
    "kish_u",
    "arm",
    "assigned_to",
    "address_hint",
    "st_a",
    "disp_a",
    "nv_a",
    "st_b",
    "disp_b",
    "nv_b",
    "b_line",
    "b_n18",
    "b_sex",
    "b_by",
)

# Every change of a row raises `revision` (an assignment too), and none falls: the sum names the
# state of the list. It covers the whole round, so a phone also loads its list again after a
# colleague's visit; that costs some kB and saves a join per household on every poll.
_STATE = """
SELECT (SELECT COUNT(*) FROM sampled_household h WHERE h.round_id = f.round_id),
       (SELECT MAX(h.id) FROM sampled_household h WHERE h.round_id = f.round_id),
       (SELECT COALESCE(SUM(o.revision), 0) FROM case_outcome o WHERE o.round_id = f.round_id),
       f.round_id, r.state
  FROM round_form f JOIN round r ON r.id = f.round_id
 WHERE f.form_id = %s"""
_FACTS = """
SELECT h.name, v.name, h.hh_seq, 1 + COALESCE(a.revision, 0) + COALESCE(b.revision, 0),
       s.psu, u.code, u.valid_from, h.kish_u, h.arm, w.display_name, h.address_hint,
       g.app_user_id, a.status, a.disposition, a.n_visits, b.status, b.disposition, b.n_visits,
       b.draw, h.id
  FROM sampled_household h
  JOIN sampled_village s ON s.id = h.village_id
  JOIN territory_village v ON v.id = s.village_id
  JOIN territory_adminunit u ON u.id = v.unit_id
  LEFT JOIN assignment g ON g.household_id = h.id
  LEFT JOIN actor w ON w.id = g.app_user_id
  LEFT JOIN case_outcome a
    ON a.household_id = h.id AND a.kind = 'A' AND a.round_id = h.round_id
  LEFT JOIN case_outcome b
    ON b.household_id = h.id AND b.kind = 'B' AND b.round_id = h.round_id"""
_ROWS = (
    _FACTS
    + """
  JOIN round_form f ON f.round_id = h.round_id
 WHERE f.form_id = %s AND (g.app_user_id IS NULL OR g.app_user_id = %s)
 ORDER BY s.selection_order, s.psu, h.hh_seq"""
)
_OF_PROJECT = (
    _FACTS
    + """
  JOIN round r ON r.id = h.round_id
 WHERE r.project_id = %s AND h.id < %s
 ORDER BY h.id DESC LIMIT %s"""
)
_ONE = (
    _FACTS
    + """
  JOIN round r ON r.id = h.round_id
 WHERE r.project_id = %s AND h.name = %s"""
)


def csv_for(form_id: int, app_user_id: int | None) -> bytes:
    """The list for one phone: the enumerator's households and those that nobody was given.

    A form outside any round has an empty list. `app_user_id` is the actor id; None (a draft's
    test token) sees the households that nobody was given, without the persons drawn in them.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [form_id, app_user_id])
        writer.writerows(_line(row[:-1], app_user_id) for row in cursor.fetchall())
    return out.getvalue().encode()


def staff_lines(project_id: int, before: int, limit: int) -> list[tuple[int, list[Any]]]:
    """Lines of all rounds of a project as those see them who review all its records.

    Each with its key, the newest first; `before` is the key of the last one known.
    """
    return _lines(_OF_PROJECT, [project_id, before, limit])


def staff_line(project_id: int, name: str) -> list[Any] | None:
    """The line of one household."""
    found = _lines(_ONE, [project_id, name])
    return found[0][1] if found else None


def _lines(sql: str, parameters: list[Any]) -> list[tuple[int, list[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [(row[-1], _line(row[:-1], None, shows_drawn=True)) for row in cursor.fetchall()]


def version_token(form_id: int, app_user_id: int | None) -> str:
    """Changes whenever `csv_for` of the same form and phone could; for hash and ETag."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [form_id])
        row = cursor.fetchone()
    if row is None:
        return "none"
    households, newest, revisions, round_id, state = row
    return f"r{round_id}-{app_user_id or 0}-{households}-{newest or 0}-{revisions}-{state}"


def known_names(project_id: int, names: Collection[str]) -> list[str]:
    """Which of these household ids a sample of the project holds."""
    found = SampledHousehold.objects.filter(round__project=project_id, name__in=names)
    return sorted(found.values_list("name", flat=True))


def _line(row: tuple[Any, ...], app_user_id: int | None, *, shows_drawn: bool = False) -> list[Any]:
    name, village, hh_seq, version, psu, commune, valid_from, kish_u, arm, assignee, hint, *rest = (
        row
    )
    owner, st_a, disp_a, nv_a, st_b, disp_b, nv_b, draw = rest
    drawn = _drawn(draw if app_user_id is not None or shows_drawn else None)
    is_own = shows_drawn or (owner is not None and owner == app_user_id)
    return [
        name,
        f"{village} – {hh_seq:02d}",
        version,
        psu,
        commune,
        str(valid_from),
        hh_seq,
        kish_text(kish_u),
        arm,
        assignee or "",
        hint if is_own else "",
        *(st_a or "open", _shown(disp_a), nv_a or 0),
        *(st_b or "open", _shown(disp_b), nv_b or 0),
        *drawn,
    ]


def _shown(disposition: str | None) -> str:
    """ "Not attempted" is the server's own code and stays here."""
    return "" if disposition in (None, "311") else str(disposition)


def _drawn(draw: Any) -> list[Any]:
    drawn = draw_of(draw) if draw else None
    if drawn is None:
        return ["", "", "", ""]
    return [drawn.line, drawn.n18, drawn.sex, drawn.birth_year or ""]
