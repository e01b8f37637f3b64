"""The satisfaction index as a page to read (R3, R4): index, five factors, items, what is low."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from surveys.results.models import Run
from surveys.results.reading.figures import RunReader, ShownFigure, reader
from surveys.results.reading.names import COMMUNE, DOMAIN_TYPE_NAMES, ROUND, Names

INDEX: Final = "sat_users"
VOICE: Final = "voice_know_users"
FACTORS: Final = ("factor_place", "factor_procedure", "factor_staff", "factor_result", VOICE)
GROUP_TYPES: Final = ("urban_rural", "sex", "age_group")
EXPERIENCE: Final = ("wait_30", "on_time_self", "extra_paid", "extra_hinted", "extra_paid_list")
OFFICES: Final = ("sat_users_commune", "sat_users_province", "sat_users_other")
POLICY_ITEMS: Final = tuple(f"item_sat_pol_{number}" for number in range(1, 5))
HOW_MANY_LOW: Final = 3
VOICE_TITLE: Final = Names("Tiếp nhận góp ý, phản ánh", "Comments and reports")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with the name of its indicator."""

    title: Names
    figure: ShownFigure


@dataclass(frozen=True, slots=True)
class ItemLine(Line):
    """An item with its mean score, the shares of steps 1 to 5, and of "does not apply".

    `steps` is empty and `not_applicable` None where the figure is not published.
    """

    mean: ShownFigure
    steps: tuple[float, ...] = ()
    not_applicable: float | None = None


@dataclass(frozen=True, slots=True)
class FactorLine:
    """A factor with its fixed items, its own overall question, and items shown apart."""

    title: Names
    figure: ShownFigure
    items: tuple[ItemLine, ...]
    overall: ItemLine | None
    apart: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One commune or group: the index, the factors in order, the overall and policy figures."""

    name: Names
    domain: str
    index: ShownFigure
    factors: tuple[ShownFigure, ...]
    overall: ShownFigure
    policy: ShownFigure

    @property
    def is_shown(self) -> bool:
        return any(each.is_shown for each in (self.index, self.overall, *self.factors))


@dataclass(frozen=True, slots=True)
class GroupTable:
    title: Names
    rows: tuple[AreaRow, ...]


@dataclass(frozen=True, slots=True)
class SatisfactionPage:
    """Everything the page and the reports print; `has_figures` is False without form B."""

    has_figures: bool
    index: ShownFigure
    factors: tuple[FactorLine, ...]
    overall: ShownFigure
    policy: Line
    policy_items: tuple[ItemLine, ...]
    lowest_factor: FactorLine | None
    lowest_items: tuple[ItemLine, ...]
    communes: tuple[AreaRow, ...]
    groups: tuple[GroupTable, ...]
    offices: tuple[Line, ...]
    experience: tuple[Line, ...]


def satisfaction_page(run: Run, found: RunReader | None = None) -> SatisfactionPage:
    """Read the page of a run."""
    found = found or reader(run)
    factors = tuple(_factor(found, each) for each in FACTORS)
    items = [item for factor in factors for item in factor.items]
    shown = [factor for factor in factors if factor.figure.is_shown]
    return SatisfactionPage(
        has_figures=INDEX in found.definitions,
        index=found.figure(INDEX),
        factors=factors,
        overall=found.figure("sat_overall"),
        policy=_line(found, "policy_sat"),
        policy_items=tuple(_item(found, each) for each in POLICY_ITEMS),
        lowest_factor=min(shown, key=lambda f: f.figure.estimate or 0.0, default=None),
        lowest_items=lowest(items),
        communes=tuple(
            _area(found, COMMUNE, domain) for domain in found.domains(COMMUNE, "sat_overall")
        ),
        groups=tuple(
            GroupTable(
                DOMAIN_TYPE_NAMES[kind],
                tuple(_area(found, kind, each) for each in found.domains(kind, "sat_overall")),
            )
            for kind in GROUP_TYPES
        ),
        offices=tuple(_line(found, each) for each in OFFICES),
        experience=tuple(_line(found, each) for each in EXPERIENCE),
    )


def lowest(lines: Iterable[ItemLine]) -> tuple[ItemLine, ...]:
    """The published items with the smallest shares of satisfied users."""
    shown = [line for line in lines if line.figure.is_shown]
    return tuple(sorted(shown, key=lambda line: line.figure.estimate or 0.0)[:HOW_MANY_LOW])


def _line(found: RunReader, indicator: str) -> Line:
    return Line(found.name(indicator), found.figure(indicator))


def _item(found: RunReader, indicator: str) -> ItemLine:
    item = indicator.removeprefix("item_sat_")
    figure = found.figure(indicator)
    mean = found.figure(f"mean_score_{item}")
    stored = found.run.report.get("items", {}).get(item)
    if stored is None or not figure.is_shown:
        return ItemLine(found.name(indicator), figure, mean)
    return ItemLine(found.name(indicator), figure, mean, tuple(stored["steps"]), stored["na"])


def _factor(found: RunReader, indicator: str) -> FactorLine:
    figure = found.figure(indicator, ROUND)
    title = found.name(indicator)
    if indicator == VOICE:
        apart = (_line(found, "voice_handled"), _line(found, "voice_know"))
        return FactorLine(VOICE_TITLE, figure, (), None, apart)
    number = FACTORS.index(indicator) + 1
    parts = found.definitions.get(indicator, {}).get("parts", [])
    apart_items = {1: ("item_sat_f1_3",), 4: ("item_sat_f4_3",)}.get(number, ())
    return FactorLine(
        title,
        figure,
        tuple(_item(found, part["column"]) for part in parts),
        _item(found, f"item_sat_f{number}_0"),
        tuple(_item(found, each) for each in apart_items),
    )


def _area(found: RunReader, kind: str, domain: str) -> AreaRow:
    return AreaRow(
        name=found.domain_name(kind, domain),
        domain=domain,
        index=found.figure(INDEX, kind, domain),
        factors=tuple(found.figure(each, kind, domain) for each in FACTORS),
        overall=found.figure("sat_overall", kind, domain),
        policy=found.figure("policy_sat", kind, domain),
    )
