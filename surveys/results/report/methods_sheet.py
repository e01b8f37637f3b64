"""The sheet of communes with every kind of figure, each line called what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from surveys.results.reading.areas import (
    METHOD_NAMES,
    BeyondRow,
    MethodsRow,
    MethodsTable,
    Word,
    methods_table,
)
from surveys.results.reading.change import ChangeTable
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.reading.readiness import COLUMNS
from surveys.results.reading.satisfaction import FACTORS, INDEX
from surveys.results.report.words import UNPUBLISHED, Speaker
from surveys.results.report.workbook import (
    FORMATS,
    Row,
    SheetWriter,
    Value,
    count_value,
    figure_values,
    share_value,
)

INDICATORS: Final = (INDEX, "sat_overall", *FACTORS, "policy_sat", *COLUMNS)


def method_tables(found: RunReader) -> tuple[MethodsTable, ...]:
    """The indicators that pages show by commune, where any has more than direct figures."""
    tables = (methods_table(found, each) for each in INDICATORS if each in found.definitions)
    return tuple(each for each in tables if each.rows)


def methods_sheet(writer: SheetWriter, tables: tuple[MethodsTable, ...], speaker: Speaker) -> None:
    """One line a commune, indicator and kind of figure."""
    writer.text(speaker.word("methods_note"))
    writer.blank()
    keys = (
        "indicator", "commune", "kind", "share", "from", "to", "error", "answers", "gamma",
        "members", "against_round", "difference_of", "from", "to", "target", "lowest_chance",
        "note",
    )  # fmt: skip
    writer.heading([speaker.word(key) for key in keys])
    for table in tables:
        for row in table.rows:
            for figure in row.figures:
                writer.row(_line(table, row, figure, speaker))
        for beyond in table.beyond:
            writer.row(_line(table, beyond, beyond.figure, speaker))
    writer.finish({2: 22, 3: 14, 10: 40, 11: 22, 15: 18, 17: 60})


def change_sheet(writer: SheetWriter, table: ChangeTable, speaker: Speaker) -> None:
    """Change since the earlier round, with its interval and its word."""
    writer.text(speaker.say(table.earlier))
    for refusal in table.refusals:
        writer.text(speaker.say(refusal))
    writer.blank()
    keys = (
        "indicator",
        "commune",
        "before_round",
        "this_round",
        "difference",
        "from",
        "to",
        "word",
    )
    writer.heading([speaker.word(key) for key in keys])
    for row in table.rows:
        form = FORMATS[row.unit]
        word = row.word
        numbers = (row.before, row.now, word.difference, word.lower, word.upper)
        cells = [Value(UNPUBLISHED) if each is None else Value(each, form) for each in numbers]
        writer.row([speaker.say(row.title), speaker.say(row.area), *cells, speaker.say(word.name)])
    writer.finish({2: 24, 8: 24})


def _line(
    table: MethodsTable, row: MethodsRow | BeyondRow, figure: ShownFigure, speaker: Speaker
) -> Row:
    form = FORMATS[figure.unit]
    return [
        speaker.say(table.title),
        speaker.say(row.name),
        speaker.say(METHOD_NAMES[figure.method]),
        *figure_values(figure),
        Value(UNPUBLISHED) if figure.se is None else Value(figure.se, form),
        count_value(figure.n),
        "" if figure.gamma is None else share_value(figure.gamma),
        " + ".join(speaker.say(each) for each in figure.members),
        *_words(row, figure, form, speaker),
        speaker.reason(figure),
    ]


def _words(
    row: MethodsRow | BeyondRow, figure: ShownFigure, form: str, speaker: Speaker
) -> Iterator[Value | str]:
    """What may be said by this kind of figure; a word stands beside the figure it was made from."""
    if isinstance(row, BeyondRow):  # nothing is said of a commune without a sample
        yield from [""] * 6
        return
    direct = figure.method == "direct"
    against = row.against_round if direct else None
    yield "" if against is None else speaker.say(against.name)
    ends = (None,) * 3 if against is None else (against.difference, against.lower, against.upper)
    for each in ends:
        yield "" if each is None else Value(each, form)
    target = _of(figure, row.target, row.target_model)
    yield "" if target is None else speaker.say(target.name)
    lowest = _of(figure, row.lowest)
    yield "" if lowest is None else share_value(lowest.probability)


def _of(figure: ShownFigure, *words: Word | None) -> Word | None:
    return next((word for word in words if word is not None and word.method == figure.method), None)
