"""The truth of the synthetic world beside what a round estimates of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.indicators.table import TABLE
from analysis.indices.figures import figures
from surveys.results.demo.frames import census
from surveys.results.demo.population import World
from surveys.results.models import Estimate, Run
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh

# What the table of the demonstration shows; indices of both forms, shares and scores.
SHOWN = (
    "smartphone_own", "net_3m", "bank_account", "vneid_level2", "equipped", "equipped_hh",
    "filed_online", "readiness", "sat_users", "factor_place", "factor_procedure", "factor_staff",
    "factor_result", "voice_know", "sat_overall", "policy_sat",
)  # fmt: skip

LEADING = ("equipped", "sat_users", "sat_overall")

Key = tuple[str, str, str]  # indicator, category, commune ("" = all)


@dataclass(frozen=True, slots=True)
class Line:
    """One estimate beside the truth."""

    indicator: str
    truth: float
    estimate: float
    lower: float | None
    upper: float | None
    n: int

    @property
    def is_covered(self) -> bool:
        if self.lower is None or self.upper is None:
            return False
        return self.lower <= self.truth <= self.upper


def truths(world: World, indicators: Iterable[str] = SHOWN) -> dict[Key, float]:
    """Every indicator for everybody and by commune, by the definitions that the runs use."""
    weighted = weigh(census(world), Recipe(calibration="none", finite_population=False))
    found: dict[Key, float] = {}
    for name in indicators:
        definition = TABLE[name]
        design = weighted[definition.weight].design
        for by in (None, "commune"):
            for figure in figures(design, definition, by):
                if figure.estimate is not None:
                    found[name, figure.category, figure.domain] = figure.estimate
    return found


def table(run: Run, known: Mapping[Key, float], commune: str = "") -> list[Line]:
    """The stored estimates of a run for one area, beside the truth."""
    rows = Estimate.objects.filter(
        run=run,
        method=Estimate.Method.DIRECT,
        indicator__in=SHOWN,
        category="",
        domain=commune,
        domain_type="commune" if commune else "round",
        estimate__isnull=False,
    )
    by_name = {row.indicator: row for row in rows}
    return [
        Line(name, known[name, "", commune], row.estimate or 0.0, row.lower, row.upper, row.n)
        for name in SHOWN
        if (row := by_name.get(name)) is not None
    ]


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of commune figures of an indicator beside the truth; `error` in points."""

    indicator: str
    method: str
    communes: int
    covered: int
    error: float


def kinds(run: Run, known: Mapping[Key, float]) -> Iterator[KindLine]:
    """Direct and model-based figures of communes that are shown, each kind by itself."""
    for name in LEADING:
        top = 100.0 if TABLE[name].scale == 1.0 and TABLE[name].unit.value == "share" else 1.0
        rows = Estimate.objects.filter(
            run=run, indicator=name, category="", domain_type="commune", estimate__isnull=False
        ).exclude(publication=Estimate.Publication.NONE)
        for method in (Estimate.Method.DIRECT, Estimate.Method.MODEL):
            held = [row for row in rows if row.method == method]
            if not held:
                continue
            truth = [known[name, "", row.domain] for row in held]
            yield KindLine(
                name,
                method.value,
                len(held),
                sum(
                    (row.lower or 0.0) <= true <= (row.upper or 0.0)
                    for row, true in zip(held, truth, strict=True)
                ),
                top
                * sum(abs((r.estimate or 0.0) - t) for r, t in zip(held, truth, strict=True))
                / len(held),
            )
