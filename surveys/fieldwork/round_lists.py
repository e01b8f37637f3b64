"""The lists beside the forms: villages of the sample, service centres, communes.

They are files of a form version and do not change in the field; the household list does
(`household_list`). A centre stands for each commune of the sample's provinces and for each of
these provinces, because papers may be handed in anywhere in the province.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from surveys.fieldwork.models import Round, SampledVillage
from surveys.territory import units
from surveys.territory.models import AdminUnit

PSU_COLUMNS = ("name", "label", "village_id", "commune_code", "admin_version", "lat", "lon")
CENTRE_COLUMNS = (
    "name",
    "label",
    "commune_code",
    "admin_version",
    "province_code",
    "level",
    "branch",
    "open_from",
    "open_to",
)
COMMUNE_COLUMNS = ("name", "label", "admin_version", "province_code", "valid_from", "valid_to")
CENTRE_VI = "Trung tâm Phục vụ hành chính công"


def lists_of(round_: Round) -> dict[str, bytes]:
    """Files by the name under which the forms ask for them."""
    communes = _communes(round_)
    return {
        "psu.csv": psu_csv(round_),
        "centres.csv": centres_csv(communes),
        "communes.csv": communes_csv(communes),
    }


def psu_csv(round_: Round) -> bytes:
    """The villages that are visited, each with its place."""
    # a replaced village has no households to visit
    drawn = SampledVillage.objects.filter(round=round_, replaced_by="")
    villages = drawn.select_related("village__unit")
    return _csv(
        PSU_COLUMNS,
        (
            (
                each.psu,
                f"{each.village.name}, {each.village.unit.full_name}",
                each.village_id,
                each.village.unit.code,
                each.village.unit.valid_from,
                each.village.lat,
                each.village.lon,
            )
            for each in villages.order_by("selection_order", "psu")
        ),
    )


def centres_csv(communes: Sequence[AdminUnit]) -> bytes:
    """The one-stop centres: one for each province, one for each commune."""
    provinces = {unit.parent.code: unit.parent for unit in communes if unit.parent}
    rows: list[tuple[Any, ...]] = [
        (f"p{code}", f"{CENTRE_VI} {province.full_name}", "", "", code, "province", "no", "", "")
        for code, province in sorted(provinces.items())
    ]
    rows += [
        (
            f"c{unit.code}",
            f"{CENTRE_VI} {unit.full_name}",
            unit.code,
            unit.valid_from,
            unit.parent.code if unit.parent else "",
            "commune",
            "no",
            unit.valid_from,
            "",
        )
        for unit in communes
    ]
    return _csv(CENTRE_COLUMNS, rows)


def communes_csv(communes: Sequence[AdminUnit]) -> bytes:
    """The communes of the round, each with the days on which it holds."""
    return _csv(
        COMMUNE_COLUMNS,
        (
            (
                unit.code,
                unit.full_name,
                unit.valid_from,
                unit.parent.code if unit.parent else "",
                unit.valid_from,
                unit.valid_to,
            )
            for unit in communes
        ),
    )


def _communes(round_: Round) -> list[AdminUnit]:
    """The communes in force of the sample's provinces; without a sample, of the country."""
    in_force = units.in_force().order_by("code")
    provinces = set(
        SampledVillage.objects.filter(round=round_).values_list("village__unit__parent", flat=True)
    )
    return list(in_force.filter(parent__in=provinces) if provinces else in_force)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_text(value) for value in row])
    return out.getvalue().encode()


def _text(value: object) -> object:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else value
