"""The sheets of what a run found: what to mend first, other weights, whether groups differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from surveys.results.reading.figures import RunReader
from surveys.results.reading.group_tests import Term, equal_models, group_table
from surveys.results.reading.index_weights import IndexWeights, index_weights
from surveys.results.reading.names import Names
from surveys.results.reading.priorities import Priorities, priorities
from surveys.results.report.words import UNPUBLISHED, Speaker
from surveys.results.report.workbook import (
    FORMATS,
    Row,
    SheetWriter,
    Value,
    count_value,
    figure_values,
)

PAGES: Final = ("satisfaction", "readiness")
NO_CAUSE: Final = Names(
    "“Đi cùng” là tương quan với hài lòng chung (0: không liên quan, 1: luôn đi cùng); không phải "
    "là nguyên nhân.",
    "“Goes with” is the correlation with overall satisfaction (0: none, 1: always together); it is "
    "no cause.",
)
HOLM: Final = Names(
    "p hiệu chỉnh theo Holm qua mọi bảng theo nhóm của một trang. Chỉ so các nhóm được công bố.",
    "p adjusted by Holm over all tables by group of a page. Only groups that are shown are "
    "compared.",
)
EQUAL: Final = Names(
    "Hồi quy logistic theo thiết kế mẫu: tỷ lệ của cả tổng thể nếu ai cũng thuộc nhóm ấy còn các "
    "mặt khác giữ nguyên. Đó là liên hệ, không phải nguyên nhân.",
    "Design-based logistic regression: the share of the whole population if everybody belonged to "
    "the group, other things as they are. An association, no cause.",
)
Start = Callable[[str], SheetWriter]


def findings_sheets(found: RunReader, start: Start, speaker: Speaker) -> None:
    """The sheets that the run has something for."""
    first, weights = priorities(found), index_weights(found)
    if first is not None and first.rows:
        _priorities(start("priorities"), first, speaker)
    if weights is not None:
        _weights(start("index_weights"), weights, speaker)
    if any(group_table(found, page) for page in PAGES) or equal_models(found):
        _groups(start("group_tests"), found, speaker)


def _priorities(writer: SheetWriter, read: Priorities, speaker: Speaker) -> None:
    writer.text(speaker.say(NO_CAUSE))
    for name in read.left_out:
        writer.text(f"{speaker.word('left_out')}: {speaker.say(name)}")
    writer.blank()
    keys = ("item", "share", "from", "to", "answers", "goes_with", "from", "to", "answers", "word")
    writer.heading([speaker.word(key) for key in keys])
    for row in read.rows:
        writer.row(
            [
                speaker.say(row.title),
                *figure_values(row.figure),
                count_value(row.figure.n),
                *(_number(each, "0.00") for each in (row.importance, row.lower, row.upper)),
                count_value(row.n),
                speaker.say(row.word_name),
            ]
        )
    writer.finish({1: 40, 6: 20, 10: 34})


def _weights(writer: SheetWriter, read: IndexWeights, speaker: Speaker) -> None:
    writer.text(weights_sentence(read, speaker))
    writer.blank()
    writer.heading([speaker.word(key) for key in ("without", "index", "from", "to")])
    for row in read.rows:
        cells = [_number(each, "0.0") for each in (row.value, row.lower, row.upper)]
        writer.row([speaker.say(row.title), *cells])
    if read.words:
        writer.blank()
        writer.heading([speaker.word(key) for key in ("commune", "word", "other_word", "when")])
        for each in read.words:
            when = "; ".join(speaker.say(name) for name in each.when)
            said = (each.area, each.word, each.other)
            writer.row([*(speaker.say(name) for name in said), when])
    writer.finish({1: 30, 2: 24, 3: 24, 4: 60})


def weights_sentence(read: IndexWeights, speaker: Speaker) -> str:
    """The index over all weights within their limits."""
    low, high = speaker.number(read.low, 1), speaker.number(read.high, 1)
    half = speaker.number(read.half_percent)
    value = speaker.value(read.index)
    return speaker.pair(
        f"Chỉ số là {value}; nếu mỗi yếu tố được nặng hơn hoặc nhẹ hơn đến {half} %, chỉ số nằm từ "
        f"{low} đến {high}. {read.n_changed} trong {read.n_words} lời nói về chỉ số sẽ khác đi với "
        "trọng số khác.",
        f"The index is {value}; with every factor up to {half}% heavier or lighter it lies from "
        f"{low} to {high}. {read.n_changed} of {read.n_words} words on the index would be other "
        "ones with other weights.",
    )


def _groups(writer: SheetWriter, found: RunReader, speaker: Speaker) -> None:
    writer.text(speaker.say(HOLM))
    writer.blank()
    keys = ("indicator", "group", "test", "f", "df", "ddf", "p", "p_adjusted", "word")
    writer.heading([speaker.word(key) for key in keys])
    for row in (row for page in PAGES for row in group_table(found, page)):
        numbers: list[Value] = [
            _number(row.statistic, "0.00"),
            _number(row.df, "0.0"),
            _number(row.ddf, "0.0"),
            _number(row.p_value, "0.0000"),
            _number(row.p_adjusted, "0.0000"),
        ]
        words = [speaker.say(row.indicator), speaker.say(row.kind), speaker.say(row.test)]
        writer.row([*words, *numbers, speaker.say(row.word)])
    models = equal_models(found)
    if models:
        writer.blank()
        writer.text(speaker.say(EQUAL))
        for model in models:
            writer.blank()
            head = [speaker.say(model.title), *(speaker.word(key) for key in EQUAL_KEYS)]
            writer.heading(head)
            if model.refused:
                writer.row([model.refused])
            for term in model.terms:
                for line in _margins(term, FORMATS[model.unit], speaker):
                    writer.row(line)
    writer.finish({1: 40, 2: 22, 3: 18, 9: 24})


EQUAL_KEYS: Final = (
    "group", "measured", "from", "to", "all_else", "from", "to", "p_adjusted", "word",
)  # fmt: skip


def _margins(term: Term, form: str, speaker: Speaker) -> Iterator[Row]:
    """One line a group: as it is, and other things equal."""
    for row in term.groups:
        margin = [_number(each, form) for each in (row.margin, row.lower, row.upper)]
        yield [
            speaker.say(term.title),
            speaker.say(row.name),
            *figure_values(row.figure),
            *margin,
            _number(term.p_adjusted, "0.0000"),
            speaker.say(term.word),
        ]


def _number(value: float | None, form: str) -> Value:
    return Value(UNPUBLISHED) if value is None else Value(value, form)
