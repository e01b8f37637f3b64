"""The villages of a sample: checked against each other and the list of communes, then stored."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from surveys.fieldwork.models import Round, SampledVillage
from surveys.fieldwork.round_places import boundaries_day
from surveys.fieldwork.sample_files import SheetRow
from surveys.fieldwork.sample_places import Communes, point
from surveys.fieldwork.sample_problems import Findings
from surveys.fieldwork.sample_values import Cells
from surveys.territory import villages
from surveys.territory.models import AdminUnit, Village

URBAN_RURAL: Final = {
    "urban": "urban",
    "rural": "rural",
    "thành thị": "urban",
    "nông thôn": "rural",
}


@dataclass(frozen=True, slots=True)
class VillageRow:
    """A row as read; None where the cell was wrong and a finding says so."""

    row: int
    psu: str
    name: str
    unit: AdminUnit | None
    stratum: str
    urban_rural: str
    frame_date: date | None
    mos_hh: int | None
    pi_psu: float | None
    psus_sampled: int | None
    psus_total: int | None
    selection_order: int | None
    n_listed: int | None
    n_selected: int | None
    minority_share: float | None
    replaced_by: str
    lat: float | None
    lon: float | None
    legacy_area: str
    village_id: str


def read_villages(rows: Sequence[SheetRow], round_: Round, findings: Findings) -> list[VillageRow]:
    """Every row as values, then what has to hold between rows."""
    communes = Communes.of(row.cells.get("commune_code", "") for row in rows)
    read = [_read(Cells(row, findings), communes) for row in rows]
    _unique(read, findings)
    _moved(read, round_, findings)
    _strata(read, findings)
    _replacements(read, findings)
    return read


def store_villages(round_: Round, rows: Iterable[VillageRow]) -> None:
    """Put the villages in the place of the round's former ones (and their households)."""
    SampledVillage.objects.filter(round=round_).delete()
    listed = list(rows)
    known = Village.objects.in_bulk([row.village_id for row in listed])
    new = [Village(**_place(row)) for row in listed if row.village_id not in known]
    villages.add(new, f"sample of round {round_.pk}")
    SampledVillage.objects.bulk_create(
        SampledVillage(round=round_, **_frame_facts(row)) for row in listed
    )


def _place(row: VillageRow) -> dict[str, Any]:
    return {
        "id": row.village_id,
        "name": row.name,
        "unit": row.unit,
        "legacy_area": row.legacy_area,
        "lat": row.lat,
        "lon": row.lon,
    }


def _frame_facts(row: VillageRow) -> dict[str, Any]:
    """A row without a finding has all its values."""
    return {
        "psu": row.psu,
        "village_id": row.village_id,
        "stratum": row.stratum,
        "urban_rural": row.urban_rural,
        "frame_date": row.frame_date,
        "mos_hh": row.mos_hh,
        "pi_psu": row.pi_psu,
        "stratum_psus_sampled": row.psus_sampled,
        "stratum_psus_total": row.psus_total,
        "selection_order": row.selection_order,
        "n_listed": row.n_listed,
        "n_selected": row.n_selected,
        "minority_share": row.minority_share,
        "replaced_by": row.replaced_by,
    }


def _read(cells: Cells, communes: Communes) -> VillageRow:
    lat, lon = point(cells)
    read = VillageRow(
        row=cells.row.number,
        psu=cells.code("psu"),
        name=cells.text("village", 100),
        unit=communes.find(cells),
        stratum=cells.text("stratum", 40),
        urban_rural=cells.choice("urban_rural", URBAN_RURAL),
        frame_date=cells.day("frame_date"),
        mos_hh=cells.whole("mos_hh"),
        pi_psu=cells.probability("pi_psu"),
        psus_sampled=cells.whole("n_psu_stratum"),
        psus_total=cells.whole("N_psu_stratum"),
        selection_order=cells.whole("selection_order"),
        n_listed=cells.whole("n_listed"),
        n_selected=cells.whole("n_selected", least=0),
        minority_share=_share(cells),
        replaced_by=cells.code("replaced_by", required=False),
        lat=lat,
        lon=lon,
        legacy_area=cells.text("legacy_commune", 100, required=False),
        village_id=cells.code("village_id", required=False),
    )
    _counts(read, cells)
    return read if read.village_id else replace(read, village_id=_own_id(read))


def _own_id(row: VillageRow) -> str:
    """The same village keeps its id from round to round: its name, commune and former commune."""
    commune = row.unit.code if row.unit else "?"
    digest = hashlib.sha256(f"{row.name}|{commune}|{row.legacy_area}".encode()).hexdigest()
    return f"v{commune}-{digest[:12]}"


def _share(cells: Cells) -> float | None:
    value = cells.number("minority_share", required=False)
    if value is not None and not 0 <= value <= 1:
        cells.say(
            "minority_share",
            f"{value:g} không nằm trong 0..1.",
            f"{value:g} is not in 0..1.",
            "Ghi phần của 1: 30 % là 0.3.",
            "Write a share of 1: 30 % is 0.3.",
        )
        return None
    return value


def _counts(row: VillageRow, cells: Cells) -> None:
    if row.n_selected and row.n_listed and row.n_selected > row.n_listed:
        cells.say(
            "n_selected",
            f"chọn {row.n_selected} hộ nhưng chỉ lập danh sách {row.n_listed} hộ.",
            f"{row.n_selected} households drawn of only {row.n_listed} listed.",
            "Kiểm tra lại hai cột n_listed và n_selected.",
            "Check the columns n_listed and n_selected.",
        )
    if row.psus_sampled and row.psus_total and row.psus_sampled > row.psus_total:
        cells.say(
            "n_psu_stratum",
            f"chọn {row.psus_sampled} thôn nhưng tầng chỉ có {row.psus_total} thôn.",
            f"{row.psus_sampled} PSUs drawn of only {row.psus_total} in the stratum.",
            "Kiểm tra lại n_psu_stratum (được chọn) và N_psu_stratum (cả tầng).",
            "Check n_psu_stratum (drawn) and N_psu_stratum (all of the stratum).",
        )


def _unique(rows: list[VillageRow], findings: Findings) -> None:
    _once(rows, "psu", lambda row: row.psu, findings)
    _once(rows, "village", lambda row: row.village_id, findings)
    _once(
        rows,
        "selection_order",
        lambda row: f"{row.stratum}: {row.selection_order}" if row.selection_order else "",
        findings,
    )


def _moved(rows: list[VillageRow], round_: Round, findings: Findings) -> None:
    """A village that lay in another commune on the round's day: a move is told with its source."""
    known = Village.objects.select_related("unit").in_bulk([row.village_id for row in rows])
    day = boundaries_day(round_)
    placed = villages.unit_of(known, day)
    for row in rows:
        village = known.get(row.village_id)
        if village is None or row.unit is None:
            continue
        unit = placed[village.pk] or village.unit
        if unit.pk == row.unit.pk:
            continue
        findings.add(
            row.row,
            "village_id",
            vi=f"thôn {village.pk} được ghi là ngày {day:%d/%m/%Y} thuộc {unit}, tệp ghi "
            f"{row.unit}.",
            en=f"village {village.pk} is stored as lying in {unit} on {day}, the file says "
            f"{row.unit}.",
            remedy_vi="Sửa mã thôn hoặc mã xã; nếu thôn đã chuyển, nhờ quản trị ghi bằng manage.py "
            "areas villages.",
            remedy_en="Correct the id or the commune; if the village moved, have the move stored "
            "with manage.py areas villages.",
        )


def _once(
    rows: list[VillageRow], column: str, key: Callable[[VillageRow], str], findings: Findings
) -> None:
    first: dict[str, int] = {}
    for row in rows:
        value = key(row)
        if not value:
            continue
        if value in first:
            shown = row.name if column == "village" else value
            findings.add(
                row.row,
                column,
                vi=f"{column}: “{shown}” đã có ở dòng {first[value]}.",
                en=f'{column}: "{shown}" stands in row {first[value]} already.',
                remedy_vi="Xoá dòng lặp. Hai thôn trùng tên trong một xã: ghi xã cũ vào "
                "legacy_commune.",
                remedy_en="Delete the repeated row. Two villages of one name in a commune: write "
                "their former communes into legacy_commune.",
            )
        first.setdefault(value, row.row)


def _strata(rows: list[VillageRow], findings: Findings) -> None:
    """Each stratum says one pair of counts, and holds as many villages as it says were drawn."""
    strata: dict[str, list[VillageRow]] = defaultdict(list)
    for row in rows:
        if row.stratum:
            strata[row.stratum].append(row)
    for stratum, members in strata.items():
        first = members[0]
        for row in members[1:]:
            pairs = (row.psus_sampled, row.psus_total), (first.psus_sampled, first.psus_total)
            if None not in (*pairs[0], *pairs[1]) and pairs[0] != pairs[1]:
                findings.add(
                    row.row,
                    "n_psu_stratum",
                    vi=f"Tầng “{stratum}” có số thôn khác với dòng {first.row}.",
                    en=f'Stratum "{stratum}" has other counts of PSUs than in row {first.row}.',
                    remedy_vi="Mọi dòng của một tầng phải có cùng n_psu_stratum và N_psu_stratum.",
                    remedy_en="All rows of a stratum carry the same n_psu_stratum and "
                    "N_psu_stratum.",
                )
        drawn = sum(1 for row in members if not row.replaced_by)
        if first.psus_sampled is not None and drawn != first.psus_sampled:
            findings.add(
                first.row,
                "n_psu_stratum",
                vi=f"Tầng “{stratum}” có {drawn} thôn trong tệp, nhưng n_psu_stratum là "
                f"{first.psus_sampled}.",
                en=f'Stratum "{stratum}" has {drawn} villages in the file, but n_psu_stratum is '
                f"{first.psus_sampled}.",
                remedy_vi="Thêm thôn còn thiếu hoặc sửa n_psu_stratum (không tính thôn bị thay).",
                remedy_en="Add the missing villages or correct n_psu_stratum (replaced ones do "
                "not count).",
            )


def _replacements(rows: list[VillageRow], findings: Findings) -> None:
    codes = {row.psu for row in rows}
    for row in rows:
        if row.replaced_by and (row.replaced_by not in codes or row.replaced_by == row.psu):
            findings.add(
                row.row,
                "replaced_by",
                vi=f"replaced_by: “{row.replaced_by}” không phải một địa bàn khác trong tệp.",
                en=f'replaced_by: "{row.replaced_by}" is not another PSU of the file.',
                remedy_vi="Ghi mã psu của thôn thay thế, thôn đó cũng phải có trong tệp.",
                remedy_en="Write the psu of the village in its place, which has its own row.",
            )
