"""All figures of a run: each indicator in each domain, with the word on its publication."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from analysis import publication
from analysis.indicators.table import TABLE
from analysis.indices.definition import Definition, Kind, Weight
from analysis.indices.figures import Figure, figures
from analysis.publication import Facts, Rule, Shown, Spread, Standard, Verdict
from surveys.results.recipe import DEFAULTS, Publication, Recipe
from surveys.results.recipes import Weighted
from surveys.results.suppressing import ROUND, Held, Place, hidden_beside


@dataclass(frozen=True, slots=True)
class DomainType:
    """A way to cut the round: its name in rows, the column of the frame."""

    name: str
    column: str | None
    is_personal: bool = False


DOMAIN_TYPES: Final = (
    DomainType("round", None),
    DomainType("commune", "commune"),
    DomainType("urban_rural", "urban_rural"),
    DomainType("sex", "sex_domain", is_personal=True),
    DomainType("age_group", "age_group", is_personal=True),
)
DIRECT: Final = "direct"
STANDARDS: Final[Mapping[str, Standard]] = {
    Publication.DESIGN: Standard.DESIGN,
    Publication.NCHS: Standard.NCHS_PROPORTIONS,
    Publication.CV_BANDS: Standard.CV_HOUSEHOLD,
}
NO_INTERVAL: Final = Verdict(
    Shown.NONE,
    "Có quá ít thôn, tổ dân phố để tính được khoảng tin cậy. Hãy xem con số chung của cả đợt khảo "
    "sát.",
    "Too few villages to give an interval. Read the figure of the whole round instead.",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure with its domain type, n / pooled design effect, and how it may be shown.

    `members` are the communes of a grouped figure, `gamma` the weight of the own answers in a
    model-based one.
    """

    figure: Figure
    domain_type: str
    n_eff: float
    verdict: Verdict
    is_confidential: bool
    method: str = DIRECT
    members: tuple[str, ...] = ()
    gamma: float | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """All cells of one indicator, and the design effect they were judged by."""

    definition: Definition
    cells: tuple[Cell, ...]
    pooled_deff: float


def compute(
    weighted: Mapping[Weight, Weighted],
    rule: Rule,
    recipe: Recipe = DEFAULTS,
    *,
    definitions: Mapping[str, Definition] = TABLE,
    indicators: Container[str] | None = None,
    tell: Callable[[float, Definition], None] | None = None,
) -> tuple[Computed, ...]:
    """Estimate the indicators that the round's forms carry, in every kind of domain."""
    wanted = [
        each
        for each in definitions.values()
        if each.weight in weighted and (indicators is None or each.id in indicators)
    ]
    found = []
    for number, definition in enumerate(wanted):
        if tell is not None and number % 10 == 0:
            tell(number / len(wanted), definition)
        found.append(_compute(weighted[definition.weight], definition, rule, recipe))
    return tuple(found)


def _compute(source: Weighted, definition: Definition, rule: Rule, recipe: Recipe) -> Computed:
    by_type = {
        kind.name: figures(
            source.design,
            definition,
            kind.column,
            interval=recipe.interval,
            confidence=recipe.confidence,
        )
        for kind in DOMAIN_TYPES
        if _applies(definition, kind) and _occurs(source, kind)
    }
    categories = {figure.category for figure in by_type["round"]}
    kish = source.chain.steps[-1].summary.kish_deff
    pooled = _pooled(by_type) or max(1.0, kish)
    places = places_of(source)
    bench = bench_of(definition, pooled, rule, recipe)
    cells: list[Cell] = []
    for category in sorted(categories):
        judged = [
            judged_cell(bench, name, each)
            for name, found in by_type.items()
            for each in found
            if each.category == category
        ]
        cells += _complemented(judged, places, bench)
    return Computed(definition, tuple(cells), pooled)


def _applies(definition: Definition, kind: DomainType) -> bool:
    if definition.round_only and kind.name != "round":
        return False
    return not (kind.is_personal and definition.weight is Weight.HOUSEHOLD)


def _occurs(source: Weighted, kind: DomainType) -> bool:
    """Whether any row has a value: in a tiny round nobody may have given sex or age."""
    return kind.column is None or bool(source.frame[kind.column].notna().any())


def _pooled(by_type: Mapping[str, Iterable[Figure]]) -> float | None:
    """Over all communes and, of an indicator with categories, all of these."""
    areas = by_type.get("commune") or by_type["round"]
    return publication.pooled_deff(Spread(each.n, each.se, each.deff) for each in areas)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a figure of one indicator is judged by."""

    definition: Definition
    pooled_deff: float
    rule: Rule
    standard: Standard = Standard.DESIGN


def bench_of(definition: Definition, pooled_deff: float, rule: Rule, recipe: Recipe) -> Bench:
    """By the thresholds of the round and the rule that its recipe names."""
    return Bench(definition, pooled_deff, rule, STANDARDS[recipe.publication])


def judged_cell(bench: Bench, domain_type: str, figure: Figure) -> Cell:
    """The figure with the word on its publication; confidentiality comes before everything."""
    definition, rule = bench.definition, bench.rule
    n_eff = figure.n / bench.pooled_deff
    share = _share(definition, figure)
    secret = publication.disclosure(
        figure.n, share, is_sensitive=definition.is_sensitive, rule=rule
    )
    verdict = publication.judge(_facts(definition, figure, n_eff), bench.standard, rule)
    if "few_answers" in figure.flags and figure.n > 0:
        verdict = publication.FEW_ANSWERS
    elif verdict.shown is not Shown.NONE and (figure.lower is None or figure.upper is None):
        verdict = NO_INTERVAL
    if secret is not None:
        verdict = secret
    if domain_type == "round":
        verdict = publication.of_the_whole(verdict)
    return Cell(figure, domain_type, n_eff, verdict, secret is not None)


def _share(definition: Definition, figure: Figure) -> float | None:
    is_share = definition.kind in (Kind.SHARE, Kind.CATEGORIES)
    if not is_share or figure.estimate is None:
        return None
    return figure.estimate / definition.scale


def _facts(definition: Definition, figure: Figure, n_eff: float) -> Facts:
    """On 0..1 for shares, as the rules of other offices read them."""
    scale = definition.scale

    def scaled(value: float | None) -> float | None:
        return None if value is None else value / scale

    return Facts(
        n=figure.n,
        n_eff=n_eff,
        n_psu=figure.n_psu,
        estimate=scaled(figure.estimate),
        se=scaled(figure.se),
        lower=scaled(figure.lower),
        upper=scaled(figure.upper),
        df=figure.df,
        deff=figure.deff,
        is_share=definition.kind in (Kind.SHARE, Kind.CATEGORIES),
    )


def _complemented(cells: list[Cell], places: Mapping[str, str], bench: Bench) -> list[Cell]:
    """With what must be hidden beside the confidential, so that nobody can work them out."""
    if not any(cell.is_confidential for cell in cells):
        return cells
    rule = bench.rule
    floor = rule.sensitive_n if bench.definition.is_sensitive else rule.disclosure_n
    at = {Place(cell.domain_type, cell.figure.domain): cell for cell in cells}
    held = {place: Held(cell.figure.n, cell.is_confidential) for place, cell in at.items()}
    for place in hidden_beside(held, places, floor):
        verdict = publication.COMPLEMENTARY
        if place.kind == ROUND:
            verdict = publication.of_the_whole(verdict)
        at[place] = replace(at[place], verdict=verdict, is_confidential=True)
    return list(at.values())


def places_of(source: Weighted) -> dict[str, str]:
    """Communes that are wholly urban or wholly rural."""
    pairs = source.frame[["commune", "urban_rural"]].drop_duplicates()
    pure = pairs[~pairs["commune"].duplicated(keep=False)]
    return dict(zip(pure["commune"].astype(str), pure["urban_rural"].astype(str), strict=True))
