"""The report as a .docx: text that an officer can paste, with the tables behind it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from surveys.results.reading.areas import METHOD_NAMES, MethodsTable, methods_table
from surveys.results.reading.figures import ShownFigure
from surveys.results.reading.index_weights import index_weights
from surveys.results.reading.priorities import priorities
from surveys.results.reading.readiness import EQUIPPED
from surveys.results.reading.satisfaction import INDEX
from surveys.results.report import sentences
from surveys.results.report.findings_sheets import NO_CAUSE, weights_sentence
from surveys.results.report.sheets import Pages
from surveys.results.report.timeless import timeless
from surveys.results.report.words import Speaker, facts, is_synthetic

FONT: Final = "Times New Roman"  # what administrative documents are set in
SMALL: Final = 10
WIDTH: Final = 15.5  # cm between the margins
FIRST: Final = 5.5


def document(pages: Pages, speaker: Speaker) -> bytes:
    """The whole document."""
    paper = docx.Document()
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    _head(paper, pages, speaker)
    if pages.satisfaction.has_figures:
        _satisfaction(paper, pages, speaker)
    if pages.readiness.has_figures:
        _readiness(paper, pages, speaker)
    _title(paper, speaker.word("method"))
    for text in sentences.method(pages.run, pages.technical, speaker):
        paper.add_paragraph(text)
    warnings = sentences.warnings(pages.technical, speaker)
    if warnings:
        _title(paper, speaker.word("caveats"))
        for text in warnings:
            paper.add_paragraph(text, style="List Bullet")
    paper.core_properties.title = speaker.word("title")
    paper.core_properties.author = "khaosat"
    target = io.BytesIO()
    paper.save(target)
    return timeless(target.getvalue())


def _head(paper: Any, pages: Pages, speaker: Speaker) -> None:
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(speaker.word("title").upper())
    run.bold, run.font.size = True, Pt(15)
    if is_synthetic(pages.run):
        note = paper.add_paragraph()
        note.alignment = WD_ALIGN_PARAGRAPH.CENTER
        note.add_run(speaker.word("synthetic")).bold = True
    for name, value in facts(pages.run, speaker):
        line = paper.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        line.add_run(f"{name}: ").bold = True
        line.add_run(value)


def _title(paper: Any, text: str) -> None:
    line = paper.add_paragraph()
    line.paragraph_format.space_before = Pt(12)
    line.paragraph_format.keep_with_next = True
    line.add_run(text).bold = True


def _satisfaction(paper: Any, pages: Pages, speaker: Speaker) -> None:
    page = pages.satisfaction
    _title(paper, speaker.word("satisfaction"))
    paper.add_paragraph(sentences.headline(page, speaker))
    paper.add_paragraph(sentences.overall(page, speaker))
    _title(paper, speaker.word("five"))
    lines = [(speaker.word("index"), page.index)]
    lines += [(speaker.say(factor.title), factor.figure) for factor in page.factors]
    _figures(paper, "score", lines, speaker)
    _title(paper, speaker.word("low"))
    paper.add_paragraph(sentences.what_is_low(page, speaker))
    _priorities(paper, pages, speaker)
    _title(paper, speaker.word("by_commune"))
    hidden = sentences.unpublished(page.communes, speaker)
    if hidden:
        paper.add_paragraph(hidden)
    _figures(paper, "score", [(speaker.say(r.name), r.index) for r in page.communes], speaker)
    _others(paper, methods_table(pages.found, INDEX), speaker)


def _priorities(paper: Any, pages: Pages, speaker: Speaker) -> None:
    """What to mend first, and what the index is under other weights."""
    read, weights = priorities(pages.found), index_weights(pages.found)
    if read is not None and read.rows:
        _title(paper, speaker.word("priorities"))
        keys = ("item", "share", "interval", "goes_with", "word")
        rows = [
            (
                speaker.say(row.title),
                speaker.value(row.figure),
                speaker.interval(row.figure),
                speaker.number(row.importance, 2),
                speaker.say(row.word_name),
            )
            for row in read.rows
        ]
        _table(paper, [speaker.word(key) for key in keys], rows)
        _small(paper, speaker.say(NO_CAUSE))
    if weights is not None:
        paper.add_paragraph(weights_sentence(weights, speaker))


def _readiness(paper: Any, pages: Pages, speaker: Speaker) -> None:
    page = pages.readiness
    _title(paper, speaker.word("readiness"))
    paper.add_paragraph(sentences.readiness(page, pages.ladder, speaker))
    keys = ("commune", "share", "interval", "answers", "not_ready")
    rows = [
        (
            speaker.say(row.name),
            speaker.value(row.equipped),
            speaker.interval(row.equipped),
            _count(row.equipped, speaker),
            speaker.count(row.not_ready),
        )
        for row in (page.whole, *page.communes)
    ]
    _table(paper, [speaker.word(key) for key in keys], rows)
    _notes(paper, [(speaker.say(r.name), r.equipped) for r in page.communes], speaker)
    _others(paper, methods_table(pages.found, EQUIPPED), speaker)


def _others(paper: Any, table: MethodsTable, speaker: Speaker) -> None:
    """Grouped and model-based figures in a table of their own, never among the direct ones."""
    lines = [
        (
            speaker.say(row.name),
            speaker.say(METHOD_NAMES[figure.method]),
            speaker.value(figure),
            speaker.interval(figure),
            " + ".join(speaker.say(each) for each in figure.members)
            or f"{speaker.word('gamma')}: {speaker.percent(figure.gamma)}",
        )
        for row in table.rows
        for figure in (row.grouped, row.model, row.synthetic)
        if figure is not None and figure.is_shown
    ]
    if lines:
        keys = ("commune", "kind", "share", "interval", "note")
        _title(paper, speaker.word("methods"))
        _table(paper, [speaker.word(key) for key in keys], lines)
        _small(paper, speaker.word("methods_note"))


def _figures(
    paper: Any, value: str, lines: Sequence[tuple[str, ShownFigure]], speaker: Speaker
) -> None:
    heads = [speaker.word(key) for key in ("content", value, "interval", "answers")]
    rows = [
        (name, speaker.value(figure), speaker.interval(figure), _count(figure, speaker))
        for name, figure in lines
    ]
    _table(paper, heads, rows)
    for base in dict.fromkeys(speaker.say(figure.base) for _, figure in lines):
        _small(paper, f"{speaker.word('base')}: {base}.")
    _notes(paper, lines, speaker)


def _notes(paper: Any, lines: Iterable[tuple[str, ShownFigure]], speaker: Speaker) -> None:
    """Why figures are missing or uncertain; lines with one reason share a note."""
    reasons: dict[str, list[str]] = {}
    for name, figure in lines:
        if text := speaker.reason(figure):
            reasons.setdefault(text, []).append(name)
    for text, names in reasons.items():
        _small(paper, f"{', '.join(names)}: {text}")


def _small(paper: Any, text: str) -> None:
    note = paper.add_paragraph()
    note.paragraph_format.space_before = Pt(3)
    run = note.add_run(text)
    run.italic, run.font.size = True, Pt(SMALL)


def _count(figure: ShownFigure, speaker: Speaker) -> str:
    return ".." if figure.n is None else speaker.number(figure.n)


def _table(paper: Any, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = paper.add_table(rows=1, cols=len(heads))
    table.style = "Table Grid"
    table.autofit = False
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        _write(cell, text, is_bold=True)
    for row in rows:
        for at, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _write(cell, text, is_number=at > 0)
    rest = (WIDTH - FIRST) / (len(heads) - 1)
    for at, column in enumerate(table.columns):
        column.width = Cm(FIRST if at == 0 else rest)
        for cell in column.cells:  # Word reads the width of cells, LibreOffice that of columns
            cell.width = column.width
    for line in table.rows[:-1]:  # a table stays on one page with its heading
        for cell in line.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _write(cell: Any, text: str, *, is_bold: bool = False, is_number: bool = False) -> None:
    line = cell.paragraphs[0]
    run = line.add_run(text)
    run.bold, run.font.size = is_bold, Pt(11)
    if is_number:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
