"""How many people a share is about, and numbers of people with their margin."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.models import Run
from surveys.results.reading.figures import ShownFigure
from surveys.results.reading.names import Names
from surveys.results.reading.places import communes_of
from surveys.territory.models import Population

STEP: Final = 10  # public counts are rounded to it
BY_DEFINITION: Final[Mapping[str, Names]] = {
    "usual_resident": Names("người ở thường xuyên", "usual residents"),
    "registered": Names("dân đăng ký", "registered residents"),
    "mixed": Names("nhiều cách đếm khác nhau", "several definitions"),
}
RAKED: Final = Names("tổng trọng số đã hiệu chỉnh theo", "sum of weights calibrated to")
BENCHMARK: Final = Names("số dân đối chiếu, đếm", "benchmark count of")
UNRAKED: Final = Names(
    "ước tính từ mẫu, chưa đối chiếu số dân; ± chưa kể sai số của số dân này",
    "estimated from the sample, no benchmark; ± leaves out the error of this number",
)
FROM_SAMPLE: Final = Names(
    "ước tính từ mẫu vì không có số dân đối chiếu riêng; ± chưa kể sai số của số dân này",
    "estimated from the sample, as there is no benchmark of its own; ± leaves out the error of "
    "this number",
)
LISTED: Final = Names("danh sách xã của đợt", "the round's list of communes")
STORED: Final = Names("số dân đã nạp trong danh mục xã", "population stored for the commune")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, rounded, with the limits that the interval of the share gives."""

    value: int
    lower: int
    upper: int

    @property
    def margin(self) -> int:
        """The larger distance to a limit: "about 1 200 ± 150"."""
        return max(self.value - self.lower, self.upper - self.value)


@dataclass(frozen=True, slots=True)
class People:
    """A population with what it counts and where it comes from."""

    count: int | None
    definition: Names


@dataclass(frozen=True, slots=True)
class Populations:
    """Populations 15+ and 18+, and households, by commune code ("" = the round)."""

    rows: Mapping[tuple[str, str], People]
    fallback: Names

    def of(self, group: str, domain: str) -> People:
        return self.rows.get((group, domain), People(None, self.fallback))


def populations(run: Run) -> Populations:
    """Registers where the territory holds them for every commune, else what the run stored."""
    report = run.report.get("populations", {})
    stored: Mapping[str, Mapping[str, Any]] = report.get("rows", {})
    definition = _definition(run.report, "")
    rows = {
        (group, domain): People(
            _rounded(groups[group]), _definition(run.report, groups.get("source", ""))
        )
        for domain, groups in stored.items()
        for group in ("15+", "18+")
    }
    codes = [domain for domain in stored if domain]
    if codes:
        rows |= _registers(run, codes, run.report.get("benchmark_definition", ""))
    return Populations(_beyond(run) | rows, definition)


def _beyond(run: Run) -> dict[tuple[str, str], People]:
    """Communes without a sample, as the run was told of them."""
    said = LISTED if run.recipe.get("unsampled") == "list" else STORED
    return {
        (age, each["code"]): People(_rounded(count), said)
        for each in run.report.get("beyond", [])
        for age, count in (("15+", each["people_15"]), ("18+", each["people_18"]))
        if count
    }


def persons_without(figure: ShownFigure, people: People) -> Count | None:
    """(1 − share) × population, with limits from the interval of the share."""
    if figure.estimate is None or figure.lower is None or figure.upper is None:
        return None
    return _count(1 - figure.estimate, 1 - figure.upper, 1 - figure.lower, people)


def persons_with(figure: ShownFigure, people: People) -> Count | None:
    """share × population, with limits from the interval of the share."""
    if figure.estimate is None or figure.lower is None or figure.upper is None:
        return None
    return _count(figure.estimate, figure.lower, figure.upper, people)


def _count(value: float, lower: float, upper: float, people: People) -> Count | None:
    if people.count is None:
        return None
    total = people.count
    return Count(_rounded(value * total), _rounded(lower * total), _rounded(upper * total))


def _rounded(value: float) -> int:
    return round(value / STEP) * STEP


def _definition(report: Mapping[str, Any], source: str) -> Names:
    if not report.get("populations", {}).get("is_raked"):
        return UNRAKED
    if source == "weights":
        return FROM_SAMPLE
    start = BENCHMARK if source == "benchmarks" else RAKED
    said = BY_DEFINITION.get(report.get("benchmark_definition", ""), Names("", ""))
    return Names(f"{start.vi} {said.vi}".strip(), f"{start.en} {said.en}".strip())


def _registers(run: Run, codes: list[str], preferred: str) -> dict[tuple[str, str], People]:
    """The newest count per commune and group, of one definition that every commune has.

    Registered and usual residents are not added up: the definition of the round comes first,
    then any other that is complete. Later definitions of the loop stay behind earlier ones.
    """
    counts: dict[tuple[str, str], dict[str, Population]] = defaultdict(dict)
    rows = Population.objects.filter(
        unit__in=communes_of(run).filter(code__in=codes).order_by(),
        group__in=["15+", "18+", "households"],
    ).select_related("unit")
    for row in rows.order_by("date", "pk"):
        counts[row.group, row.definition][row.unit.code] = row
    found: dict[tuple[str, str], People] = {}
    for group, definition in sorted(counts, key=lambda key: (key[1] != preferred, key)):
        here = counts[group, definition]
        if len(here) < len(codes) or (group, "") in found:
            continue
        said = BY_DEFINITION.get(definition, Names(definition, definition))
        for code, row in here.items():
            source = f"{row.source}, {row.date:%d/%m/%Y}"
            names = Names(f"{said.vi}; {source}", f"{said.en}; {source}")
            found[group, code] = People(_rounded(row.count), names)
        total = sum(row.count for row in here.values())
        found[group, ""] = People(_rounded(total), found[group, codes[0]].definition)
    return found
