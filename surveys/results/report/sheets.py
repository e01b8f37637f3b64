"""The sheets of the workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openpyxl import Workbook

from surveys.results.models import Run
from surveys.results.reading.change import change_table
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.ladder import LadderPage, LadderRow, ladder_page
from surveys.results.reading.left_behind import left_behind
from surveys.results.reading.population import Count
from surveys.results.reading.readiness import ReadinessPage, ReadinessRow, readiness_page
from surveys.results.reading.satisfaction import (
    AreaRow,
    ItemLine,
    Line,
    SatisfactionPage,
    satisfaction_page,
)
from surveys.results.reading.technical import TechnicalPage, technical_page
from surveys.results.report import sentences
from surveys.results.report.findings_sheets import findings_sheets
from surveys.results.report.left_behind_sheet import left_behind_sheet
from surveys.results.report.methods_sheet import (
    INDICATORS,
    change_sheet,
    method_tables,
    methods_sheet,
)
from surveys.results.report.technical_sheets import definition_sheet, method_sheet
from surveys.results.report.words import UNPUBLISHED, Speaker, facts, is_synthetic
from surveys.results.report.workbook import (
    Row,
    SheetWriter,
    Value,
    book_bytes,
    count_value,
    figure_values,
    half_width_value,
    new_book,
)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the report is written from."""

    run: Run
    found: RunReader
    satisfaction: SatisfactionPage
    readiness: ReadinessPage
    ladder: LadderPage
    technical: TechnicalPage

    @classmethod
    def of(cls, found: RunReader) -> Pages:
        run = found.run
        return cls(
            run,
            found,
            satisfaction_page(run, found),
            readiness_page(run, found),
            ladder_page(run, found),
            technical_page(run, found),
        )


def workbook(pages: Pages, speaker: Speaker) -> bytes:
    """The whole workbook; sheets of a form that the round has not got are left out."""
    book = new_book()
    sheets: list[Callable[[Workbook, Pages, Speaker], None]] = []
    if pages.satisfaction.has_figures:
        sheets += [_satisfaction, _areas, _items]
    if pages.readiness.has_figures:
        sheets += [_readiness, _ladder]
    for sheet in sheets:
        sheet(book, pages, speaker)
    behind = left_behind(pages.run)
    if behind:
        left_behind_sheet(_start(book, pages, speaker, "left_behind"), behind, speaker)
    findings_sheets(pages.found, lambda title: _start(book, pages, speaker, title), speaker)
    tables = method_tables(pages.found)
    if tables:
        methods_sheet(_start(book, pages, speaker, "methods"), tables, speaker)
    changed = change_table(pages.found, INDICATORS)
    if changed is not None:
        change_sheet(_start(book, pages, speaker, "change"), changed, speaker)
    method_sheet(_start(book, pages, speaker, "method"), pages.run, pages.technical, speaker)
    definition_sheet(_start(book, pages, speaker, "definitions"), pages.technical, speaker)
    return book_bytes(book, speaker.word("title"))


def _start(book: Workbook, pages: Pages, speaker: Speaker, title: str) -> SheetWriter:
    writer = SheetWriter(book, speaker.word(title))
    writer.text(speaker.word(title), size=14, is_bold=True)
    if is_synthetic(pages.run):
        writer.text(speaker.word("synthetic"), is_bold=True)
    for name, value in facts(pages.run, speaker):
        writer.text(f"{name}: {value}")
    writer.text(speaker.word("unpublished"))
    writer.blank()
    return writer


def _figure_heads(speaker: Speaker, value: str) -> list[str]:
    keys = ("from", "to", "answers", "effective", "half_width", "villages", "base", "note")
    return [speaker.word(value), *(speaker.word(key) for key in keys)]


def _figure_cells(figure: ShownFigure, speaker: Speaker) -> list[Value | str]:
    n_eff = None if figure.n_eff is None else round(figure.n_eff)
    return [
        *figure_values(figure),
        count_value(figure.n),
        count_value(n_eff),
        half_width_value(figure),
        count_value(figure.n_psu),
        speaker.say(figure.base),
        speaker.reason(figure),
    ]


def _satisfaction(book: Workbook, pages: Pages, speaker: Speaker) -> None:
    page = pages.satisfaction
    writer = _start(book, pages, speaker, "satisfaction")
    writer.text(sentences.headline(page, speaker))
    writer.text(sentences.what_is_low(page, speaker))
    writer.blank()
    writer.heading([speaker.word("content"), *_figure_heads(speaker, "score")])
    writer.row([Value(speaker.word("index"), is_bold=True), *_figure_cells(page.index, speaker)])
    for factor in page.factors:
        writer.row([speaker.say(factor.title), *_figure_cells(factor.figure, speaker)])
    writer.row([speaker.word("overall"), *_figure_cells(page.overall, speaker)])
    writer.row([speaker.say(page.policy.title), *_figure_cells(page.policy.figure, speaker)])
    for line in (*page.offices, *page.experience):
        writer.row([speaker.say(line.title), *_figure_cells(line.figure, speaker)])
    writer.finish({9: 40, 10: 60})


def _areas(book: Workbook, pages: Pages, speaker: Speaker) -> None:
    page = pages.satisfaction
    writer = _start(book, pages, speaker, "areas")
    _area_table(writer, speaker.word("by_commune"), page.communes, page, speaker=speaker)
    for group in page.groups:
        writer.blank()
        _area_table(writer, speaker.say(group.title), group.rows, page, speaker=speaker)
    writer.finish({1: 24, 29: 60})


def _area_table(
    writer: SheetWriter,
    title: str,
    rows: tuple[AreaRow, ...],
    page: SatisfactionPage,
    *,
    speaker: Speaker,
) -> None:
    ends = [speaker.word("from"), speaker.word("to")]
    heads = [title, speaker.word("index"), *ends]
    for factor in page.factors:
        heads += [speaker.say(factor.title), *ends]
    heads += [speaker.word("overall"), *ends, speaker.say(page.policy.title), *ends]
    heads += [speaker.word(key) for key in ("answers", "effective", "half_width", "note")]
    writer.heading(heads)
    for row in rows:
        cells: list[Value | str] = [speaker.say(row.name), *figure_values(row.index)]
        for figure in row.factors:
            cells += figure_values(figure)
        cells += [*figure_values(row.overall), *figure_values(row.policy)]
        n_eff = None if row.index.n_eff is None else round(row.index.n_eff)
        cells += [count_value(row.index.n), count_value(n_eff), half_width_value(row.index)]
        writer.row([*cells, speaker.reason(row.index)])


def _items(book: Workbook, pages: Pages, speaker: Speaker) -> None:
    page = pages.satisfaction
    writer = _start(book, pages, speaker, "items")
    writer.heading(
        [
            speaker.word("item"),
            speaker.word("factor"),
            *_figure_heads(speaker, "share"),
            speaker.word("mean"),
            *(speaker.word("step_share").format(step) for step in range(1, 6)),
            speaker.word("not_applicable"),
        ]
    )
    for factor in page.factors:
        overall = () if factor.overall is None else (factor.overall,)
        for line in (*factor.items, *factor.apart, *overall):
            writer.row(_item(line, speaker.say(factor.title), speaker))
    for item in page.policy_items:
        writer.row(_item(item, speaker.say(page.policy.title), speaker))
    writer.finish({2: 24, 10: 40, 11: 40})


def _item(line: Line, factor: str, speaker: Speaker) -> Row:
    first = [speaker.say(line.title), factor, *_figure_cells(line.figure, speaker)]
    if not isinstance(line, ItemLine):
        return first
    steps = line.steps or (None,) * 5
    shares = [*steps, line.not_applicable]
    cells = [Value(UNPUBLISHED) if each is None else Value(each, "0.0%") for each in shares]
    return [*first, figure_values(line.mean)[0], *cells]


def _readiness(book: Workbook, pages: Pages, speaker: Speaker) -> None:
    page = pages.readiness
    writer = _start(book, pages, speaker, "readiness")
    writer.text(sentences.readiness(page, pages.ladder, speaker))
    writer.text(f"{speaker.word('population_is')} {speaker.say(page.whole.persons_18.definition)}")
    writer.blank()
    ends = [speaker.word("from"), speaker.word("to")]
    heads = [speaker.word("commune")]
    for name in page.columns:
        heads += [speaker.say(name), *ends]
    heads += [speaker.word("people15"), speaker.word("people18")]
    heads += [speaker.word("not_ready"), *ends]
    heads += [speaker.word("answers"), speaker.word("villages"), speaker.word("note")]
    writer.heading(heads)
    for row in (page.whole, *page.communes, *page.groups):
        writer.row(_readiness_row(row, speaker))
    writer.blank()
    writer.heading([speaker.word("content"), *_figure_heads(speaker, "share")])
    for line in page.more:
        writer.row([speaker.say(line.title), *_figure_cells(line.figure, speaker)])
    writer.finish({27: 60})


def _readiness_row(row: ReadinessRow, speaker: Speaker) -> Row:
    cells: list[Value | str] = [speaker.say(row.name)]
    for figure in row.figures:
        cells += figure_values(figure)
    return [
        *cells,
        count_value(row.persons_15.count),
        count_value(row.persons_18.count),
        *_count_cells(row.not_ready),
        count_value(row.equipped.n),
        count_value(row.equipped.n_psu),
        speaker.reason(row.equipped),
    ]


def _count_cells(count: Count | None) -> list[Value]:
    if count is None:
        return [count_value(None)] * 3
    return [count_value(count.value), count_value(count.lower), count_value(count.upper)]


def _ladder(book: Workbook, pages: Pages, speaker: Speaker) -> None:
    writer = _start(book, pages, speaker, "ladder")
    writer.text(f"{speaker.word('base')}: {speaker.say(pages.ladder.base)}")
    writer.blank()
    keys = ("share", "from", "to", "persons", "from", "to", "answers", "note")
    for row in (pages.ladder.whole, *pages.ladder.communes):
        writer.heading([speaker.say(row.name), *(speaker.word(key) for key in keys)])
        _ladder_rows(writer, row, speaker)
        for title, choices in (
            ("barriers", row.barriers),
            ("help_place", (row.place,) if row.place else ()),
        ):
            for choice in choices:
                name = f"{speaker.word(title)}: {speaker.say(choice.title)}"
                count = [*_count_cells(None), count_value(choice.figure.n)]
                note = speaker.reason(choice.figure)
                writer.row([name, *figure_values(choice.figure), *count, note])
        writer.blank()
    writer.finish()


def _ladder_rows(writer: SheetWriter, row: LadderRow, speaker: Speaker) -> None:
    for step in row.steps:
        writer.row(
            [
                speaker.say(step.title),
                *figure_values(step.figure),
                *_count_cells(step.persons),
                count_value(step.figure.n),
                speaker.reason(step.figure),
            ]
        )
