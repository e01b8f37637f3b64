"""The table of communes with every kind of figure side by side: chosen, sorted, filtered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dashboard.presentation import figures, formats
from surveys.results.reading import MethodsTable, Names, RunReader, ShownFigure, methods_table
from surveys.results.reading.areas import METHOD_NAMES, BeyondRow, MethodsRow, Word
from surveys.results.reading.change import ChangeRow

FEW: Final = 30  # communes without a sample that stand open on the page
SORTS: Final = ("name", "direct", "grouped", "model", "round", "lowest")
ONLY: Final = (
    ("", _("mọi xã")),
    ("alone", _("có con số riêng")),
    ("grouped", _("chỉ có con số gộp")),
    ("model", _("có con số mô hình")),
    ("differs", _("khác cả đợt")),
    ("synthetic", _("chỉ có ước lượng tổng hợp")),
)
# A shape for each method, so that neither colour nor place alone tells them apart.
SHAPES: Final = {
    "direct": '<circle cx="8" cy="8" r="6"/>',
    "grouped": '<rect x="2" y="2" width="12" height="12" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-dasharray="3 2"/>',
    "model": '<path d="M8 1l7 7-7 7-7-7z" fill="none" stroke="currentColor" stroke-width="2"/>',
    "synthetic": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-dasharray="1.5 2.5"/>',
}
WHY_NOT_ALL: Final = {
    "frame": _("theo cách ước lượng, dàn mẫu của đợt không gồm các xã không có mẫu"),
    "strata": _("mỗi tầng nằm trọn trong một xã, nên mẫu không nói gì về các xã khác"),
    "base": _("chỉ hỏi một phần người dân, không ai đếm số người ấy ở xã không có mẫu"),
    "people": _("có xã chưa biết số dân"),
    "lacking": _("có xã thiếu điều mô hình cần biết"),
}
MARKS: Final = {
    "higher": "▲",
    "lower": "▼",
    "same": "=",
    "unclear": "?",
    "met": "✓",
    "not_met": "✗",
}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """Communes without a sample that the model cannot tell apart: one figure for all of them."""

    members: tuple[BeyondRow, ...]

    @property
    def figure(self) -> ShownFigure:
        return self.members[0].figure

    @property
    def is_one(self) -> bool:
        return len(self.members) == 1


@dataclass(frozen=True, slots=True)
class MethodsView:
    """What the part of the page prints."""

    table: MethodsTable
    rows: tuple[MethodsRow, ...]
    beyond: tuple[Alike, ...]
    is_beyond_open: bool
    indicators: tuple[Choice, ...]
    only: tuple[Choice, ...]
    sort: str
    dir: str
    find: str


def methods_view(
    request: HttpRequest, known: RunReader, indicators: Sequence[str]
) -> MethodsView | None:
    """The part for the indicator that was asked for; None if the run has none of them."""
    held = [each for each in indicators if each in known.definitions]
    if not held:
        return None
    wanted = request.GET.get("by", "")
    table = methods_table(known, wanted if wanted in held else held[0])
    sort, only = request.GET.get("msort", "name"), request.GET.get("only", "")
    sort = sort if sort in SORTS else "name"
    direction = "desc" if request.GET.get("mdir") == "desc" else "asc"
    find = request.GET.get("find", "")[:80].strip()
    rows = [row for row in table.rows if _fits(row, find, only)]
    beyond = [row for row in table.beyond if only in ("", "synthetic") and _named(row, find)]
    return MethodsView(
        table=table,
        rows=tuple(_sorted(rows, sort, is_descending=direction == "desc")),
        beyond=tuple(alike(_sorted_beyond(beyond, sort, is_descending=direction == "desc"))),
        is_beyond_open=bool(find or only) or len(beyond) <= FEW,
        indicators=tuple(
            Choice(each, figures.words(known.name(each)), each == table.indicator) for each in held
        ),
        only=tuple(Choice(value, str(name), value == only) for value, name in ONLY),
        sort=sort,
        dir=direction,
        find=find,
    )


def shape(method: str) -> SafeString:
    """The mark of a method, with its name for those who cannot see it."""
    return format_html(
        '<svg class="shape is-{}" viewBox="0 0 16 16" width="14" height="14" role="img" '
        'aria-label="{}">{}</svg>',
        method,
        figures.words(METHOD_NAMES[method]),
        SafeString(SHAPES[method]),
    )


def mark(word: Word) -> str:
    """A sign beside the words of a verdict."""
    return MARKS.get(word.verdict, "")


def difference(word: Word, table: MethodsTable | ChangeRow) -> str:
    """The difference in points with its interval."""
    if word.difference is None:
        return ""
    scale = 100.0 if table.unit == "share" else 1.0
    value = formats.number(scale * word.difference, 1)
    sign = "+" if word.difference > 0 else ""
    if word.lower is None or word.upper is None:
        return sign + value
    ends = formats.span(*(formats.number(scale * each, 1) for each in (word.lower, word.upper)))
    return f"{sign}{value} ({ends})"


def why_not_all(reason: str) -> str:
    """Why communes without a sample are not brought to the figure of the round."""
    return str(WHY_NOT_ALL.get(reason, ""))


def goal(table: MethodsTable) -> str:
    """The target as the figure is written."""
    return "" if table.goal is None else plain(table.goal, table.unit)


def plain(value: float | None, unit: str) -> str:
    """A value by the unit of its indicator."""
    return formats.percent(value) if unit == "share" else formats.number(value, 1)


def shrinkage(figure: ShownFigure) -> str:
    """How much of a model figure comes from the commune's own answers."""
    if figure.gamma is None:
        return ""
    own = formats.percent(figure.gamma, 0)
    rest = formats.percent(1 - figure.gamma, 0)
    return gettext("%(own)s từ câu trả lời của xã, %(rest)s từ các xã giống nhau") % {
        "own": own,
        "rest": rest,
    }


def error(figure: ShownFigure) -> str:
    """The root mean squared error of a model figure, in points."""
    if figure.se is None:
        return ""
    return formats.number(figure.se * (100.0 if figure.unit == "share" else 1.0), 1)


def members(figure: ShownFigure) -> str:
    """gộp: A + B + C."""
    return " + ".join(figures.words(each) for each in figure.members)


def _fits(row: MethodsRow, find: str, only: str) -> bool:
    if not _named(row, find):
        return False
    has_group = row.grouped is not None and row.grouped.is_shown
    has_model = row.model is not None and row.model.is_shown
    verdict = row.against_round.verdict if row.against_round else ""
    return {
        "alone": row.direct.is_shown,
        "grouped": has_group and not row.direct.is_shown,
        "model": has_model,
        "differs": verdict in ("higher", "lower"),
        "synthetic": row.synthetic is not None and row.synthetic.is_shown,
    }.get(only, True)


def _named(row: MethodsRow | BeyondRow, find: str) -> bool:
    names = (row.name.vi, row.name.en, row.domain)
    return not find or any(find.casefold() in each.casefold() for each in names)


def alike(rows: Sequence[BeyondRow]) -> Iterator[Alike]:
    """Rows with the same figure as one, in the order of their first communes."""
    groups: dict[tuple[object, ...], list[BeyondRow]] = {}
    for row in rows:
        figure = row.figure
        key = (figure.estimate, figure.lower, figure.upper, figure.reason)
        groups.setdefault(key, []).append(row)
    for members in groups.values():
        yield Alike(tuple(members))


def _sorted_beyond(rows: Iterable[BeyondRow], sort: str, *, is_descending: bool) -> list[BeyondRow]:
    """By name, or by the figure where the model's is asked for; those without one stand last."""
    held = sorted(rows, key=lambda row: formats.natural(_name(row.name)))
    if sort != "model":
        return held[::-1] if is_descending and sort == "name" else held
    known = [row for row in held if row.figure.estimate is not None]
    known.sort(key=lambda row: row.figure.estimate or 0.0, reverse=is_descending)
    return [*known, *(row for row in held if row.figure.estimate is None)]


def _sorted(rows: Iterable[MethodsRow], sort: str, *, is_descending: bool) -> list[MethodsRow]:
    """By the column asked for; communes without a value there stand last either way."""
    held = list(rows)
    if sort == "name":
        return sorted(held, key=lambda row: formats.natural(_name(row.name)), reverse=is_descending)

    def value(row: MethodsRow) -> float | None:
        if sort in ("direct", "grouped", "model"):
            figure = getattr(row, sort)
            return None if figure is None else figure.estimate
        word = row.against_round if sort == "round" else row.lowest
        if word is None:
            return None
        return word.difference if sort == "round" else word.probability

    known = [(found, row) for row in held if (found := value(row)) is not None]
    known.sort(key=lambda pair: pair[0], reverse=is_descending)
    return [*(row for _, row in known), *(row for row in held if value(row) is None)]


def _name(names: Names) -> str:
    return figures.words(names)
