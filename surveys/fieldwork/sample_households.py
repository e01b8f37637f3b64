"""The households of a sample: checked against their villages; ids, numbers and arms from the seed.

The same round, seed and file give the same ids, kish_u and arms again, on any machine.
"""

import random
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from surveys.fieldwork.kish import stored_kish
from surveys.fieldwork.models import Round, SampledHousehold, SampledVillage
from surveys.fieldwork.sample_files import SheetRow
from surveys.fieldwork.sample_problems import Findings
from surveys.fieldwork.sample_values import Cells

# Rounded probabilities of one village may differ by this share of each other.
TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    row: int
    psu: str
    hh_seq: int | None
    pi_hh: float | None
    name: str
    kish_u: float | None
    arm: str
    wave: str
    address_hint: str


def read_households(
    rows: Sequence[SheetRow], round_: Round, findings: Findings
) -> list[HouseholdRow]:
    """Every row as values, then what has to hold between rows and with the villages."""
    villages = {village.psu: village for village in SampledVillage.objects.filter(round=round_)}
    read = [_read(Cells(row, findings), villages) for row in rows]
    _unique(read, round_, findings)
    _villages(read, villages, findings)
    return read


def store_households(round_: Round, rows: Iterable[HouseholdRow]) -> None:
    """Put the households in the place of the round's former ones."""
    SampledHousehold.objects.filter(round=round_).delete()
    villages = dict(SampledVillage.objects.filter(round=round_).values_list("psu", "pk"))
    SampledHousehold.objects.bulk_create(
        (
            SampledHousehold(round=round_, village_id=villages[row.psu], **_facts(row))
            for row in drawn_lots(round_, list(rows))
        ),
        batch_size=500,
    )


def _facts(row: HouseholdRow) -> dict[str, Any]:
    """A row without a finding has all its values."""
    return {
        "name": row.name,
        "hh_seq": row.hh_seq,
        "pi_hh": row.pi_hh,
        "kish_u": row.kish_u,
        "arm": row.arm,
        "wave": row.wave,
        "address_hint": row.address_hint,
    }


def drawn_lots(round_: Round, rows: list[HouseholdRow]) -> list[HouseholdRow]:
    """Rows with id, kish_u and arm from the round's seed where the file gives none.

    Arms are dealt out by halves within each village, so the list experiment is balanced there.
    """
    arms = _dealt_arms(round_, rows)
    made = []
    for row in rows:
        lots = random.Random(f"{round_.name_vi}|{round_.seed}|{row.psu}|{row.hh_seq}")  # noqa: S311 - must be repeatable
        own_id = uuid.UUID(int=lots.getrandbits(128), version=4)
        kish_u = stored_kish(lots.random())
        made.append(
            replace(
                row,
                name=row.name or str(own_id),
                kish_u=kish_u if row.kish_u is None else row.kish_u,
                arm=row.arm or arms[row.row],
            )
        )
    return made


def _dealt_arms(round_: Round, rows: list[HouseholdRow]) -> dict[int, str]:
    """Arm by row number."""
    by_psu: dict[str, list[HouseholdRow]] = defaultdict(list)
    for row in rows:
        by_psu[row.psu].append(row)
    dealt = {}
    for psu, members in by_psu.items():
        lots = random.Random(f"{round_.name_vi}|{round_.seed}|{psu}|arms")  # noqa: S311 - must be repeatable
        first = lots.getrandbits(1)  # which arm gets the odd household
        arms = ["AB"[(number + first) % 2] for number in range(len(members))]
        lots.shuffle(arms)
        ordered = sorted(members, key=lambda row: row.hh_seq or 0)
        dealt.update({row.row: arm for row, arm in zip(ordered, arms, strict=True)})
    return dealt


def _read(cells: Cells, villages: dict[str, SampledVillage]) -> HouseholdRow:
    psu = cells.code("psu")
    if psu and psu not in villages:
        cells.say(
            "psu",
            f"không có địa bàn “{psu}” trong danh sách thôn của đợt.",
            f'the round\'s villages hold no PSU "{psu}".',
            "Nhập danh sách thôn trước, và dùng đúng mã psu ở đó.",
            "Import the villages first and use their psu codes.",
        )
    return HouseholdRow(
        row=cells.row.number,
        psu=psu,
        hh_seq=cells.whole("hh_seq"),
        pi_hh=cells.probability("pi_hh"),
        name=_uuid(cells),
        kish_u=_kish(cells),
        arm=cells.choice("arm", {"a": "A", "b": "B"}) if cells.raw("arm") else "",
        wave=cells.text("wave", 20, required=False),
        address_hint=cells.text("address_hint", 200, required=False),
    )


def _uuid(cells: Cells) -> str:
    value = cells.raw("id")
    if not value:
        return ""
    try:
        return str(uuid.UUID(value))
    except ValueError:
        cells.say(
            "id",
            f"“{value[:40]}” không phải UUID.",
            f'"{value[:40]}" is not a UUID.',
            "Bỏ trống cột id để máy tạo mã; không ghi tên hay địa chỉ.",
            "Leave the column id empty to have it made; never write a name or an address.",
        )
        return ""


def _kish(cells: Cells) -> float | None:
    value = cells.number("kish_u", required=False)
    if value is not None and not 0 <= value < 1:
        cells.say(
            "kish_u",
            f"{value:g} không nằm trong [0, 1).",
            f"{value:g} is not in [0, 1).",
            "Bỏ trống cột kish_u để máy bốc từ hạt giống của đợt.",
            "Leave the column kish_u empty to have it drawn from the round's seed.",
        )
        return None
    return None if value is None else stored_kish(value)


def _unique(rows: list[HouseholdRow], round_: Round, findings: Findings) -> None:
    numbers: dict[str, int] = {}
    names: dict[str, int] = {}
    given = [row.name for row in rows if row.name]
    elsewhere = set(
        SampledHousehold.objects.exclude(round=round_)
        .filter(name__in=given)
        .values_list("name", flat=True)
    )
    for row in rows:
        place = f"{row.psu}/{row.hh_seq}"
        if row.hh_seq is not None and place in numbers:
            _say_twice(findings, row.row, "hh_seq", place, f"dòng {numbers[place]}")
        if row.name and (row.name in names or row.name in elsewhere):
            where = f"dòng {names[row.name]}" if row.name in names else "một đợt khác"
            _say_twice(findings, row.row, "id", row.name, where)
        numbers.setdefault(place, row.row)
        names.setdefault(row.name, row.row)


def _say_twice(findings: Findings, row: int, column: str, value: str, where: str) -> None:
    where_en = where.replace("dòng", "row").replace("một đợt khác", "another round")
    findings.add(
        row,
        column,
        vi=f"{column}: “{value}” đã có ở {where}.",
        en=f'{column}: "{value}" stands in {where_en} already.',
        remedy_vi="Mỗi hộ chỉ có một dòng, với số thứ tự và mã riêng.",
        remedy_en="Each household has one row, with a number and an id of its own.",
    )


def _villages(
    rows: list[HouseholdRow], villages: dict[str, SampledVillage], findings: Findings
) -> None:
    """As many households as were drawn, and one probability a village."""
    by_psu: dict[str, list[HouseholdRow]] = defaultdict(list)
    for row in rows:
        by_psu[row.psu].append(row)
    for psu, village in villages.items():
        members = by_psu.get(psu, [])
        expected = 0 if village.replaced_by else village.n_selected
        if len(members) != expected:
            findings.add(
                members[0].row if members else 0,
                "psu",
                vi=f"Địa bàn {psu} có {len(members)} hộ trong tệp, nhưng danh sách thôn ghi "
                f"{expected} hộ được chọn.",
                en=f"PSU {psu} has {len(members)} households in the file, but its village says "
                f"{expected} were drawn.",
                remedy_vi="Thêm hộ còn thiếu, bỏ hộ thừa, hoặc sửa n_selected trong danh sách "
                "thôn.",
                remedy_en="Add or remove households, or correct n_selected of the village.",
            )
        _one_probability(members, findings)


def _one_probability(members: list[HouseholdRow], findings: Findings) -> None:
    known = [row for row in members if row.pi_hh is not None]
    for row in known[1:]:
        first, own = known[0].pi_hh, row.pi_hh
        if first is not None and own is not None and abs(own - first) > TOLERANCE * first:
            findings.add(
                row.row,
                "pi_hh",
                vi=f"pi_hh: {own:g} khác với {first:g} ở dòng {known[0].row} của cùng địa bàn.",
                en=f"pi_hh: {own:g} differs from {first:g} in row {known[0].row} of the same PSU.",
                remedy_vi="Các hộ của một địa bàn được chọn với cùng xác suất: "
                "n_selected / n_listed.",
                remedy_en="Households of one PSU are drawn with one probability: "
                "n_selected / n_listed.",
            )
