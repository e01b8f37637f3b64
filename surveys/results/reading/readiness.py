"""Readiness by commune for planners (R6): shares with intervals, and persons not ready."""

from dataclasses import dataclass
from typing import Final

from surveys.results.models import Run
from surveys.results.reading.figures import RunReader, ShownFigure, reader
from surveys.results.reading.names import COMMUNE, ROUND, Names
from surveys.results.reading.population import Count, People, persons_without, populations
from surveys.results.reading.satisfaction import Line

EQUIPPED: Final = "equipped"
HOMES: Final = "equipped_hh"
COLUMNS: Final = (
    "smartphone_own",
    "net_3m",
    "bank_account",
    "account_any",
    "vneid_level2",
    EQUIPPED,
)
MORE: Final = (
    "able",
    "readiness",
    HOMES,
    "epay_30d",
    "filed_alone",
    "filed_online",
    "filed_helped",
    "fee_online",
    "wants_help",
    "shop_qr",
)
GROUP_TYPES: Final = ("urban_rural", "sex", "age_group")


@dataclass(frozen=True, slots=True)
class ReadinessRow:
    """One commune (or the round, or a group)."""

    name: Names
    domain_type: str
    domain: str
    figures: tuple[ShownFigure, ...]  # in the order of COLUMNS
    persons_15: People
    persons_18: People
    not_ready: Count | None

    @property
    def equipped(self) -> ShownFigure:
        return self.figures[-1]

    @property
    def core(self) -> ShownFigure:
        """The first of the figures over everybody aged 15 or over."""
        return self.figures[0]

    @property
    def has_adults(self) -> bool:
        """False in a group of minors: the figures of persons aged 18 or over are not about it."""
        return self.equipped.n != 0


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """Everything the page prints; `has_figures` is False without form A."""

    has_figures: bool
    columns: tuple[Names, ...]
    whole: ReadinessRow
    communes: tuple[ReadinessRow, ...]  # fewest equipped first, unpublished last
    groups: tuple[ReadinessRow, ...]
    more: tuple[Line, ...]
    homes: People  # households of the round's communes, where all have a stored count
    homes_not_ready: Count | None


def readiness_page(run: Run, found: RunReader | None = None) -> ReadinessPage:
    """Read the page of a run."""
    found = found or reader(run)
    known = populations(run)

    def row(kind: str, domain: str) -> ReadinessRow:
        figures = tuple(found.figure(each, kind, domain) for each in COLUMNS)
        is_area = kind in (ROUND, COMMUNE)
        nobody = People(None, known.fallback)
        adults = known.of("18+", domain) if is_area else nobody
        return ReadinessRow(
            name=found.domain_name(kind, domain),
            domain_type=kind,
            domain=domain,
            figures=figures,
            persons_15=known.of("15+", domain) if is_area else nobody,
            persons_18=adults,
            not_ready=persons_without(figures[-1], adults),
        )

    communes = [row(COMMUNE, each) for each in found.domains(COMMUNE, EQUIPPED)]
    homes = known.of("households", "")
    return ReadinessPage(
        has_figures=EQUIPPED in found.definitions,
        columns=tuple(found.name(each) for each in COLUMNS),
        whole=row(ROUND, ""),
        communes=tuple(sorted(communes, key=_place)),
        groups=tuple(
            row(kind, each) for kind in GROUP_TYPES for each in found.domains(kind, EQUIPPED)
        ),
        more=tuple(
            Line(found.name(each), found.figure(each)) for each in MORE if each in found.definitions
        ),
        homes=homes,
        homes_not_ready=persons_without(found.figure(HOMES), homes),
    )


def _place(row: ReadinessRow) -> tuple[bool, float, str]:
    share = row.equipped.estimate
    return share is None, share or 0.0, row.domain
