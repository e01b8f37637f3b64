"""Population counts that the weights are raked to: complete grids of sex and age by domain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Final

from surveys.fieldwork.models import Benchmark, Round, SampledVillage
from surveys.fieldwork.sample_files import SheetRow
from surveys.fieldwork.sample_problems import Findings
from surveys.fieldwork.sample_values import Cells

PROVINCE: Final = "province"
SEXES: Final = {"m": "m", "f": "f", "nam": "m", "nữ": "f"}
ADULTS: Final = ("18-29", "30-44", "45-59", "60+")
YOUNG: Final = "15-17"
AGE_GROUPS: Final = {each: each for each in (YOUNG, *ADULTS)} | {
    each.replace("-", "–"): each for each in (YOUNG, *ADULTS)
}
DEFINITIONS: Final = {each: each for each in Round.Definition.values}


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    row: int
    domain: str
    sex: str
    age_group: str
    count: int | None
    definition: str
    source: str
    date: date | None

    @property
    def cell(self) -> str:
        return f"{self.domain} / {self.sex} / {self.age_group}"


def read_benchmarks(
    rows: Sequence[SheetRow], round_: Round, findings: Findings
) -> list[BenchmarkRow]:
    """Every row as values, then what has to hold between rows, and with the strata."""
    strata = set(SampledVillage.objects.filter(round=round_).values_list("stratum", flat=True))
    read = [_read(Cells(row, findings), strata) for row in rows]
    _one_definition(read, round_, findings)
    _unique(read, findings)
    _complete(read, findings)
    return read


def store_benchmarks(round_: Round, rows: Iterable[BenchmarkRow]) -> None:
    """Put the counts in the place of the round's former ones."""
    listed = list(rows)
    Benchmark.objects.filter(round=round_).delete()
    Benchmark.objects.bulk_create(Benchmark(round=round_, **_facts(row)) for row in listed)
    if not round_.benchmark_definition:
        round_.benchmark_definition = listed[0].definition
        round_.save(update_fields=["benchmark_definition"])


def _facts(row: BenchmarkRow) -> dict[str, Any]:
    return {
        "domain": row.domain,
        "sex": row.sex,
        "age_group": row.age_group,
        "count": row.count,
        "definition": row.definition,
        "source": row.source,
        "date": row.date,
    }


def _read(cells: Cells, strata: set[str]) -> BenchmarkRow:
    domain = cells.text("domain", 40)
    if domain and domain != PROVINCE and domain not in strata:
        cells.say(
            "domain",
            f"không có tầng “{domain}” trong mẫu.",
            f'the sample has no stratum "{domain}".',
            "Ghi đúng tên tầng như trong danh sách thôn, hoặc province.",
            "Write the stratum as in the villages, or province.",
        )
    return BenchmarkRow(
        row=cells.row.number,
        domain=domain,
        sex=cells.choice("sex", SEXES),
        age_group=cells.choice("age_group", AGE_GROUPS),
        count=cells.whole("count", least=0),
        definition=cells.choice("definition", DEFINITIONS),
        source=cells.text("source", 200),
        date=cells.day("date"),
    )


def _one_definition(rows: list[BenchmarkRow], round_: Round, findings: Findings) -> None:
    """Registered and usual residents are different people: one round rakes to one of them."""
    expected = round_.benchmark_definition or next((r.definition for r in rows if r.definition), "")
    for row in rows:
        if row.definition and row.definition != expected:
            findings.add(
                row.row,
                "definition",
                vi=f"definition: “{row.definition}” khác với “{expected}” của đợt hoặc của các "
                "dòng khác.",
                en=f'definition: "{row.definition}" is not "{expected}", as the round or other '
                "rows say.",
                remedy_vi="Dùng một định nghĩa dân số cho cả đợt.",
                remedy_en="Use one definition of the population for the whole round.",
            )


def _unique(rows: list[BenchmarkRow], findings: Findings) -> None:
    first: dict[str, int] = {}
    for row in rows:
        if row.cell in first:
            findings.add(
                row.row,
                "age_group",
                vi=f"Ô {row.cell} đã có ở dòng {first[row.cell]}.",
                en=f"The cell {row.cell} stands in row {first[row.cell]} already.",
                remedy_vi="Mỗi tầng, giới tính và nhóm tuổi chỉ có một dòng.",
                remedy_en="Each domain, sex and age group has one row.",
            )
        first.setdefault(row.cell, row.row)


def _complete(rows: list[BenchmarkRow], findings: Findings) -> None:
    """A domain has all adult cells; 15–17 for both sexes or for none."""
    by_domain: dict[str, list[BenchmarkRow]] = defaultdict(list)
    for row in rows:
        if row.domain and row.sex and row.age_group:
            by_domain[row.domain].append(row)
    for domain, members in by_domain.items():
        there = {(row.sex, row.age_group) for row in members}
        ages = (YOUNG, *ADULTS) if any(age == YOUNG for _, age in there) else ADULTS
        missing = [f"{sex} {age}" for sex, age in product("mf", ages) if (sex, age) not in there]
        if missing:
            listed = ", ".join(missing)
            findings.add(
                members[0].row,
                "age_group",
                vi=f"Miền “{domain}” thiếu: {listed}.",
                en=f'Domain "{domain}" lacks: {listed}.',
                remedy_vi="Thêm các dòng còn thiếu; không có người thì ghi 0.",
                remedy_en="Add the missing rows; write 0 where there is nobody.",
            )
