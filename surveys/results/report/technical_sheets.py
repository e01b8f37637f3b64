"""The sheets for statisticians and auditors (R15): how it was done, and what each id means."""

from __future__ import annotations

from typing import Final

from surveys.results.models import Run
from surveys.results.reading.technical import TechnicalPage
from surveys.results.recipe_words import said
from surveys.results.report import sentences
from surveys.results.report.words import Speaker
from surveys.results.report.workbook import (
    FORMATS,
    SheetWriter,
    Value,
    count_value,
    figure_values,
    share_value,
)

RATES: Final = ("rr1", "rr2", "rr3", "coop1", "ref1", "con1")


def method_sheet(writer: SheetWriter, run: Run, page: TechnicalPage, speaker: Speaker) -> None:
    """Sample, results of households, response rates, weights, margins, checks, withheld cells."""
    for text in (*sentences.warnings(page, speaker), *sentences.method(run, page, speaker)):
        writer.text(text)
    writer.blank()
    writer.heading([speaker.word("choices"), "", ""])
    for choice in said(page.recipe):
        writer.row([speaker.say(choice.name), speaker.say(choice.value)])
    for part in (_sample, _outcomes, _rates, _weights, _margins, _checks):
        writer.blank()
        part(writer, page, speaker)
    writer.finish({2: 26})


def definition_sheet(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    """Each indicator of the run: base, rule, figure, bounds, design effect, missing answers."""
    keys = ("id", "content", "base", "rule", "share", "from", "to", "bound_low", "bound_high")
    last = ("deff", "missing", "note")
    writer.heading([speaker.word(key) for key in (*keys, *last)])
    for row in page.indicators:
        figure = row.figure
        numbers = [Value("")] * 5
        if figure is not None:
            form = FORMATS[figure.unit]
            bounds = [Value("" if b is None else b, form) for b in (figure.low, figure.high)]
            numbers = [*figure_values(figure), *bounds]
        writer.row(
            [
                row.id,
                speaker.say(row.name),
                speaker.say(row.base),
                row.rule,
                *numbers,
                Value("" if row.deff is None else row.deff, "0.00"),
                Value("" if row.missing_share is None else row.missing_share, "0.0%"),
                "" if figure is None else speaker.reason(figure),
            ]
        )
    writer.finish({1: 24, 2: 46, 3: 40, 4: 46, 12: 60})


def _sample(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    keys = ("sample", "strata", "villages", "fewest", "households", "fraction", "fpc")
    writer.heading([speaker.word(key) for key in keys])
    for row in page.samples:
        counts = (row.strata, row.psus, row.fewest_psus, row.households)
        name = f"{speaker.word('form')} {row.form}"
        fpc = speaker.word("yes" if row.has_fpc else "no")
        writer.row(
            [name, *(count_value(n) for n in counts), share_value(row.largest_fraction), fpc]
        )


def _outcomes(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    keys = ("outcome", "form", "code", "group", "households")
    writer.heading([speaker.word(key) for key in keys])
    for row in page.dispositions:
        cells = (row.form, row.code, row.group)
        writer.row([speaker.say(row.name), *cells, count_value(row.households)])


def _rates(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    heads = [speaker.word(key) for key in ("rate", "form", "counted_as", "households")]
    writer.heading([*heads, *(name.upper() for name in RATES)])
    for row in page.rates:
        counted = speaker.word("weighted" if row.is_weighted else "unweighted")
        shares = (share_value(getattr(row, name)) for name in RATES)
        name = speaker.say(row.name)
        writer.row([name, row.form, counted, count_value(row.households), *shares])


def _weights(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    heads = [speaker.word("weights"), speaker.word("step"), "n", "Σ", "min", "max"]
    writer.heading([*heads, "CV", "deff (Kish)"])
    for table in page.weights:
        for step in table.steps:
            spread = (step.min, step.max, step.cv, step.kish_deff)
            writer.row(
                [
                    speaker.say(table.name),
                    speaker.say(step.name),
                    count_value(step.n),
                    count_value(step.sum),
                    *(Value(each, "0.00") for each in spread),
                ]
            )


def _margins(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    keys = ("weights", "margin_cell", "answers", "benchmark", "before", "after")
    writer.heading([speaker.word(key) for key in keys])
    for table in page.weights:
        for row in table.margins:
            counts = (row.respondents, row.benchmark, row.before, row.after)
            writer.row([speaker.say(table.name), row.cell, *(count_value(n) for n in counts)])
    notes = [text for table in page.weights for text in (*table.notes, *table.merges)]
    if notes:
        writer.blank()
        writer.text(speaker.word("merges"), is_bold=True)
        for text in notes:
            writer.text(speaker.say(text))


def _checks(writer: SheetWriter, page: TechnicalPage, speaker: Speaker) -> None:
    writer.heading([speaker.word(key) for key in ("core", "everybody", "own", "difference")])
    for row in page.core:
        shares = (share_value(row.everybody), share_value(row.own))
        writer.row([speaker.say(row.name), *shares, Value(row.points, "0.0")])
    if page.list_floor is not None:
        writer.blank()
        writer.heading([speaker.word(key) for key in ("list_ends", "floor", "ceiling")])
        writer.row(["", share_value(page.list_floor), share_value(page.list_ceiling)])
    writer.blank()
    kinds = ("publish", "caution", "none")
    writer.heading([speaker.word("cells"), *(speaker.word(kind) for kind in kinds)])
    writer.row(["", *(count_value(page.cells.get(kind, 0)) for kind in kinds)])
