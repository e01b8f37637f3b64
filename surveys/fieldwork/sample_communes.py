"""The communes of a round's area, with what small-area models may know of each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.fieldwork.models import Round, RoundCommune
from surveys.fieldwork.round_places import communes
from surveys.fieldwork.sample_files import SheetRow
from surveys.fieldwork.sample_places import Communes
from surveys.fieldwork.sample_problems import Findings
from surveys.fieldwork.sample_values import Cells
from surveys.territory.models import AdminUnit


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A row as read; None where the cell is empty, or wrong and a finding says so."""

    row: int
    unit: AdminUnit | None
    urban_share: float | None
    villages: int | None
    people_15: int | None
    people_18: int | None
    source: str


def read_communes(rows: Sequence[SheetRow], round_: Round, findings: Findings) -> list[CommuneRow]:
    """Every row as values, then what has to hold between rows, and with the sample."""
    places = Communes.of(row.cells.get("commune_code", "") for row in rows)
    read = [_read(Cells(row, findings), places) for row in rows]
    _unique(read, findings)
    _with_the_sample(read, round_, findings)
    return read


def store_communes(round_: Round, rows: Iterable[CommuneRow]) -> None:
    """Put the communes in the place of the round's former ones."""
    RoundCommune.objects.filter(round=round_).delete()
    RoundCommune.objects.bulk_create(
        RoundCommune(
            round=round_,
            unit=row.unit,
            urban_share=row.urban_share,
            villages=row.villages,
            people_15=row.people_15,
            people_18=row.people_18,
            source=row.source,
        )
        for row in rows
    )


def _read(cells: Cells, places: Communes) -> CommuneRow:
    row = CommuneRow(
        row=cells.row.number,
        unit=places.find(cells),
        urban_share=_share(cells),
        villages=_count(cells, "villages"),
        people_15=_count(cells, "people_15"),
        people_18=_count(cells, "people_18"),
        source=cells.text("source", 200, required=False),
    )
    if row.people_15 and row.people_18 and row.people_18 > row.people_15:
        cells.say(
            "people_18",
            f"{row.people_18} người từ 18 tuổi nhiều hơn {row.people_15} người từ 15 tuổi.",
            f"{row.people_18} persons aged 18 or over are more than {row.people_15} aged 15 "
            "or over.",
            "Kiểm tra hai cột people_15 và people_18.",
            "Check the columns people_15 and people_18.",
        )
    return row


def _count(cells: Cells, column: str) -> int | None:
    return cells.whole(column) if cells.raw(column) else None


def _share(cells: Cells) -> float | None:
    value = cells.number("urban_share", required=False)
    if value is not None and not 0 <= value <= 1:
        cells.say(
            "urban_share",
            f"{value:g} không nằm trong 0..1.",
            f"{value:g} is not in 0..1.",
            "Ghi phần của 1: 30 % là 0.3; phường là 1, xã không có phố là 0.",
            "Write a share of 1: 30 % is 0.3; a ward is 1, a commune without streets 0.",
        )
        return None
    return value


def _unique(rows: list[CommuneRow], findings: Findings) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.unit is None:
            continue
        code = row.unit.code
        if code in first:
            findings.add(
                row.row,
                "commune_code",
                vi=f"commune_code: {code} đã có ở dòng {first[code]}.",
                en=f"commune_code: {code} stands in row {first[code]} already.",
                remedy_vi="Mỗi xã một dòng.",
                remedy_en="One row a commune.",
            )
        first.setdefault(code, row.row)


def _with_the_sample(rows: list[CommuneRow], round_: Round, findings: Findings) -> None:
    """A model is fitted on the communes with a sample: the file must know them too."""
    listed = {row.unit.code for row in rows if row.unit is not None}
    for code, unit in communes(round_).items():
        if rows and code not in listed:
            findings.add(
                0,
                "commune_code",
                vi=f"thiếu {unit.full_name} ({code}), một xã có mẫu.",
                en=f"{unit.full_name} ({code}), which has a sample, is missing.",
                remedy_vi="Liệt kê mọi xã của địa bàn, cả xã có mẫu lẫn xã không có mẫu.",
                remedy_en="List every commune of the area, with a sample or without.",
            )
