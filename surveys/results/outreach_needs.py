"""Who needs help first, by commune, from the figures of a run that may be shown. No pandas here.

A commune without any figure or population stays in the list and says so; nothing is taken as 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from surveys.results.models import Estimate, Run
from surveys.results.reading.figures import RunReader, ShownFigure, reader
from surveys.results.reading.ladder import GAP, MISSING_STEPS
from surveys.results.reading.names import COMMUNE, ROUND, TYPES_EN, Names
from surveys.results.reading.population import Count, People, persons_without, populations
from surveys.results.reading.readiness import EQUIPPED
from surveys.territory.models import AdminUnit, Level

KINDS: Final = (*MISSING_STEPS, "experience")
KIND_NAMES: Final[Mapping[str, Names]] = {
    "phone": Names("Điện thoại thông minh", "Smartphone"),
    "internet": Names("Dùng Internet", "Internet"),
    "vneid": Names("VNeID mức 2", "VNeID level 2"),
    "account": Names("Tài khoản", "Account"),
    "experience": Names("Làm thử lần đầu", "First try"),
}
# In this order, where there is no direct figure.
BORROWED: Final = (
    Estimate.Method.GROUPED,
    Estimate.Method.MODEL,
    Estimate.Method.SYNTHETIC,
)
NOT_TRIED: Final = "equipped_not_tried"
NO_FIGURE: Final = Names(
    "Chưa có con số nào công bố được cho xã này.",
    "No figure of this commune can be shown.",
)
NO_PEOPLE: Final = Names("Chưa có số dân của xã này.", "The population is not known.")


@dataclass(frozen=True, slots=True)
class Need:
    """One commune: the share not equipped, how it was found, and its people by first gap.

    `parts` are shares of all adults by kind of help; `is_own_split` is False where the split is
    that of the whole round. `source` is the same for communes that share one grouped figure.
    `method` is "" and `reason` is set where nothing is known.
    """

    code: str
    name: Names
    population: People
    method: str = ""
    share: float | None = None
    se: float | None = None
    n_eff: float | None = None
    parts: Mapping[str, float] | None = None
    is_own_split: bool = False
    source: str = ""
    persons: Count | None = None
    reason: Names = NO_FIGURE

    @property
    def is_known(self) -> bool:
        return self.persons is not None

    def by_kind(self) -> list[int | None]:
        """People by first gap, rounded as all public counts."""
        if not self.is_known or self.parts is None or self.population.count is None:
            return [None] * len(KINDS)
        return [round(self.parts[kind] * self.population.count / 10) * 10 for kind in KINDS]


def needs_of_run(
    run: Run, found: RunReader | None = None, communes: frozenset[str] | None = None
) -> tuple[Need, ...]:
    """The communes of a run's round, of those given (None: all), by code."""
    found = found or reader(run)
    known = populations(run)
    codes = {
        *found.communes,
        *(domain for _, domain in known.rows if domain),
        *(domain for _, _, domain in found.others),
    }
    if communes is not None:
        codes &= communes
    said = {**found.beyond, **found.communes}
    names = {**_names(codes - set(said)), **said}
    split = _split(found, ROUND, "")
    return tuple(
        _need(found, Need(code, names.get(code, Names(code, code)), known.of("18+", code)), split)
        for code in sorted(codes)
    )


def _names(codes: set[str]) -> dict[str, Names]:
    units = AdminUnit.objects.filter(code__in=codes, level=Level.COMMUNE, valid_to=None)
    return {
        unit.code: Names(unit.full_name, f"{unit.name} {TYPES_EN.get(unit.type, 'commune')}")
        for unit in units
    }


def _need(found: RunReader, bare: Need, of_round: Mapping[str, float] | None) -> Need:
    figure = _figure(found, bare.code)
    own = _split(found, COMMUNE, bare.code)
    split = own or of_round
    if figure is None or figure.estimate is None or split is None:
        return bare
    if bare.population.count is None:
        return replace(bare, reason=NO_PEOPLE)
    share = 1 - figure.estimate
    parts = {kind: share * split[kind] for kind in MISSING_STEPS}
    parts["experience"] = figure.estimate * split["experience"]
    return replace(
        bare,
        method=figure.method,
        share=share,
        se=figure.se,
        n_eff=figure.n_eff,
        parts=parts,
        is_own_split=own is not None,
        source=_source(found, bare.code, figure),
        persons=persons_without(figure, bare.population),
        reason=figure.reason,
    )


def _figure(found: RunReader, code: str) -> ShownFigure | None:
    """The direct figure where it is shown, else the grouped, the model's, last the synthetic."""
    direct = found.figure(EQUIPPED, COMMUNE, code)
    others = (found.other(method.value, EQUIPPED, code) for method in BORROWED)
    for figure in (direct, *others):
        if figure is not None and figure.is_shown and figure.lower is not None:
            return figure
    return None


def _source(found: RunReader, code: str, figure: ShownFigure) -> str:
    if figure.method != Estimate.Method.GROUPED:
        return code
    row = found.others[(figure.method, EQUIPPED, code)]
    return "group " + " ".join(row.members)


def _split(found: RunReader, kind: str, domain: str) -> dict[str, float] | None:
    """Of those not equipped the part at each first gap; of the equipped the part that never tried.

    None unless all of it may be shown.
    """
    steps = {
        name: found.figure(GAP, kind, domain, category=name).estimate
        for name in (*MISSING_STEPS, NOT_TRIED)
    }
    shown = {name: value for name, value in steps.items() if value is not None}
    gaps = sum(shown.get(name, 0.0) for name in MISSING_STEPS)
    if len(shown) < len(steps) or not 0 < gaps < 1:
        return None
    parts = {name: shown[name] / gaps for name in MISSING_STEPS}
    return {**parts, "experience": min(shown[NOT_TRIED] / (1 - gaps), 1.0)}
