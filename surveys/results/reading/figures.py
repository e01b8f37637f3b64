"""One figure as it may be shown, and the reader that finds figures of a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any, Final

from surveys.fieldwork.models import Round
from surveys.results.models import Comparison, Estimate, Run
from surveys.results.reading.names import COMMUNE, DOMAIN_NAMES, NOTHING, ROUND, TYPES_EN, Names
from surveys.results.reading.places import communes_of
from surveys.territory.models import AdminUnit

CONFIDENTIAL: Final = "confidential"
# Flags that the design alone decides; others ("all or none") tell of the result.
DESIGN_FLAGS: Final = frozenset(
    {
        CONFIDENTIAL,
        "collapsed",
        "empty",
        "few_answers",
        "few_df",
        "lonely_psu",
        "no_df",
        "one_psu",
        "one_respondent",
    }
)


MISSING_CELL: Final = Names(
    "Không tính cho nhóm này. Hãy xem con số chung của cả đợt khảo sát.",
    "Not computed for this group. Read the figure of the whole round instead.",
)


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure ready for people: shares in 0..1, scores in their points.

    `estimate`, `lower`, `upper`, `low`, `high`, `numerator` are None unless published or marked
    as uncertain; then `reason` says why and what to read instead. `n` is None where even the
    number of answers is confidential. `half_width` is the margin to expect at 50 % (points).
    """

    indicator: str
    category: str
    domain_type: str
    domain: str
    name: Names
    unit: str
    publication: str
    reason: Names
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    interval: str = ""
    df: float | None = None
    deff: float | None = None
    n: int | None = None
    n_eff: float | None = None
    n_psu: int | None = None
    half_width: float | None = None
    base: Names = NOTHING
    flags: tuple[str, ...] = ()
    method: str = Estimate.Method.DIRECT.value
    gamma: float | None = None  # weight of the own answers in a model-based figure
    members: tuple[Names, ...] = ()  # the communes of a grouped figure
    remark: Names = NOTHING  # how a published figure is to be read, where that is not plain

    @property
    def note(self) -> Names:
        """The reason and the remark, whichever there are."""
        both = (self.reason, self.remark)
        return Names(" ".join(n.vi for n in both if n.vi), " ".join(n.en for n in both if n.en))

    @property
    def is_shown(self) -> bool:
        return self.estimate is not None

    @property
    def is_caution(self) -> bool:
        return self.publication == Estimate.Publication.CAUTION


@dataclass(frozen=True, slots=True)
class RunReader:
    """The figures of a run by indicator, category, kind of domain and domain."""

    run: Run
    definitions: Mapping[str, Mapping[str, Any]]
    rows: Mapping[tuple[str, str, str, str], Estimate]  # direct figures
    communes: Mapping[str, Names]  # with a sample
    others: Mapping[tuple[str, str, str], Estimate] = field(
        default_factory=dict  # grouped, model-based and synthetic
    )
    beyond: Mapping[str, Names] = field(default_factory=dict)  # communes without a sample
    comparisons: Mapping[tuple[str, str, str, str, str], Comparison] = field(default_factory=dict)

    def other(self, method: str, indicator: str, commune: str) -> ShownFigure | None:
        """A figure of a commune that is not direct; None where the run has none."""
        row = self.others.get((method, indicator, commune))
        if row is None:
            return None
        unit = str(self.definitions.get(indicator, {}).get("unit", "share"))
        name = self.domain_name(COMMUNE, commune)
        members = tuple(self.domain_name(COMMUNE, code) for code in row.members)
        return replace(_shown(row, name, unit, self.base(indicator)), members=members)

    def name(self, indicator: str) -> Names:
        """The name of an indicator as the run stored it."""
        definition = self.definitions.get(indicator)
        return Names(definition["vi"], definition["en"]) if definition else Names(indicator, "")

    def base(self, indicator: str) -> Names:
        definition = self.definitions.get(indicator)
        return Names(definition["base"]["vi"], definition["base"]["en"]) if definition else NOTHING

    def figure(
        self, indicator: str, domain_type: str = ROUND, domain: str = "", *, category: str = ""
    ) -> ShownFigure:
        """One figure; a cell that the run has not got is an unpublished one with its reason."""
        unit = str(self.definitions.get(indicator, {}).get("unit", "share"))
        name = self.domain_name(domain_type, domain)
        row = self.rows.get((indicator, category, domain_type, domain))
        if row is None:
            return ShownFigure(
                indicator,
                category,
                domain_type,
                domain,
                name,
                unit,
                Estimate.Publication.NONE.value,
                MISSING_CELL,
                base=self.base(indicator),
            )
        figure = _shown(row, name, unit, self.base(indicator))
        return replace(figure, remark=_remark(figure, self.definitions.get(indicator, {})))

    def domains(self, domain_type: str, indicator: str) -> tuple[str, ...]:
        """The domains of one kind that an indicator has rows for, in reading order."""
        found = {key[3] for key in self.rows if key[0] == indicator and key[2] == domain_type}
        if domain_type == COMMUNE:
            return tuple(sorted(found))
        order = [domain for kind, domain in DOMAIN_NAMES if kind == domain_type]
        return tuple(domain for domain in order if domain in found)

    def domain_name(self, domain_type: str, domain: str) -> Names:
        if domain_type == COMMUNE:
            known = self.communes.get(domain) or self.beyond.get(domain)
            return known or Names(domain, domain)
        return DOMAIN_NAMES.get((domain_type, domain), Names(domain, domain))

    def categories(self, indicator: str) -> tuple[tuple[str, Names], ...]:
        found = self.definitions.get(indicator, {}).get("categories", [])
        return tuple((each["id"], Names(each["vi"], each["en"])) for each in found)


NO_DIFFERENCE: Final = Names(
    "Không phân biệt được với 0: khoảng tin cậy chứa số 0, nên câu hỏi gián tiếp này chưa cho biết "
    "có hay không. Con số là hiệu của hai nhóm người được hỏi hai danh sách khác nhau; hiệu âm là "
    "do sai số ngẫu nhiên. Đừng dùng riêng con số này.",
    "Cannot be told apart from 0: the interval holds 0, so this list question does not say whether "
    "it happens. The figure is the difference of two groups who were asked different lists; a "
    "negative one comes from random error. Do not use it by itself.",
)
WIDE: Final = Names(
    "Khoảng tin cậy rộng hơn chính con số: chỉ nên đọc khoảng, đừng trích một con số.",
    "The interval is wider than the figure itself: read the interval, do not quote the figure.",
)


def latest_run(round_: Round, *, published_only: bool = False) -> Run | None:
    """The newest run of a round that has ended (and, if asked, was published)."""
    ended = Run.objects.filter(round=round_, finished_at__isnull=False)
    if published_only:
        ended = ended.filter(published_at__isnull=False)
    return ended.order_by("-finished_at", "-pk").first()


def reader(
    run: Run,
    rows: Iterable[Estimate] | None = None,
    comparisons: Iterable[Comparison] | None = None,
) -> RunReader:
    """Read a run's rows once (three queries), or take rows that are at hand."""
    compared = Comparison.objects.filter(run=run) if comparisons is None else comparisons
    found = tuple(Estimate.objects.filter(run=run) if rows is None else rows)
    return RunReader(
        run=run,
        definitions=run.report.get("definitions", {}),
        rows={
            (e.indicator, e.category, e.domain_type, e.domain): e
            for e in found
            if e.method == Estimate.Method.DIRECT
        },
        communes=_names_of(communes_of(run)),
        others={
            (e.method, e.indicator, e.domain): e
            for e in found
            if e.method != Estimate.Method.DIRECT and not e.category
        },
        beyond={
            each["code"]: Names(each["vi"], each["en"]) for each in run.report.get("beyond", [])
        },
        comparisons={
            (each.kind, each.indicator, each.domain_type, each.domain, each.method): each
            for each in compared
        },
    )


def _names_of(units: Iterable[AdminUnit]) -> dict[str, Names]:
    """Communes as people say them."""
    return {
        unit.code: Names(unit.full_name, f"{unit.name} {TYPES_EN.get(unit.type, 'commune')}")
        for unit in units
    }


def _remark(figure: ShownFigure, definition: Mapping[str, Any]) -> Names:
    """What an officer must be told about a difference of two means, as the list question is."""
    is_difference = definition.get("kind") == "index" and figure.unit == "share"
    value, lower, upper = figure.estimate, figure.lower, figure.upper
    if not is_difference or value is None or lower is None or upper is None:
        return NOTHING
    if lower <= 0 <= upper:
        return NO_DIFFERENCE
    return WIDE if upper - lower > abs(value) else NOTHING


def design_flags(flags: Iterable[str]) -> list[str]:
    """The flags that may stand beside a figure that is withheld.

    Example
    -------
    >>> design_flags(["few_df", "all_or_none"])
    ['few_df']
    """
    return [flag for flag in flags if flag in DESIGN_FLAGS]


def _shown(row: Estimate, name: Names, unit: str, base: Names) -> ShownFigure:
    is_shown = row.publication != Estimate.Publication.NONE
    is_secret = CONFIDENTIAL in row.flags
    n_eff = None if is_secret else row.n_eff
    return ShownFigure(
        indicator=row.indicator,
        category=row.category,
        domain_type=row.domain_type,
        domain=row.domain,
        name=name,
        unit=unit,
        publication=row.publication,
        reason=Names(row.reason_vi, row.reason_en),
        estimate=row.estimate if is_shown else None,
        lower=row.lower if is_shown else None,
        upper=row.upper if is_shown else None,
        se=row.se if is_shown else None,
        low=row.low if is_shown else None,
        high=row.high if is_shown else None,
        numerator=row.numerator if is_shown else None,
        denominator=row.denominator if is_shown else None,
        interval=row.interval if is_shown else "",
        df=row.df if is_shown else None,
        deff=row.deff if is_shown else None,
        n=None if is_secret else row.n,
        n_eff=n_eff,
        n_psu=None if is_secret else row.n_psu,
        half_width=98 / sqrt(n_eff) if n_eff else None,
        base=base,
        flags=tuple(row.flags if is_shown else design_flags(row.flags)),
        method=row.method,
        gamma=row.gamma if is_shown else None,
    )
