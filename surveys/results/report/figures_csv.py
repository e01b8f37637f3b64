"""All figures of a run that may be shown, as one CSV: a line a figure, each with its kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from surveys.collection.spreadsheets import as_text
from surveys.results.reading.areas import METHOD_NAMES
from surveys.results.reading.figures import RunReader, ShownFigure
from surveys.results.report.words import Speaker

COLUMNS: Final = (
    "indicator",
    "title",
    "category",
    "domain_type",
    "domain",
    "name",
    "method",
    "kind",
    "estimate",
    "se",
    "lower",
    "upper",
    "interval",
    "n",
    "n_eff",
    "n_psu",
    "gamma",
    "members",
    "publication",
    "note",
)


def figures_csv(found: RunReader, speaker: Speaker) -> bytes:
    """UTF-8 with a mark that Excel reads; what is not published has its reason and no figure."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for figure in _figures(found):
        writer.writerow(_line(found, figure, speaker))
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _figures(found: RunReader) -> Iterator[ShownFigure]:
    for indicator, category, domain_type, domain in sorted(found.rows):
        yield found.figure(indicator, domain_type, domain, category=category)
    for method, indicator, commune in sorted(found.others):
        figure = found.other(method, indicator, commune)
        if figure is not None:
            yield figure


def _line(found: RunReader, figure: ShownFigure, speaker: Speaker) -> list[str | float | None]:
    return [
        figure.indicator,
        as_text(speaker.say(found.name(figure.indicator))),
        figure.category,
        figure.domain_type,
        figure.domain,
        as_text(speaker.say(figure.name)),
        figure.method,
        speaker.say(METHOD_NAMES[figure.method]),
        figure.estimate,
        figure.se,
        figure.lower,
        figure.upper,
        figure.interval,
        figure.n,
        None if figure.n_eff is None else round(figure.n_eff, 1),
        figure.n_psu,
        figure.gamma,
        as_text(" + ".join(speaker.say(each) for each in figure.members)),
        figure.publication,
        as_text(speaker.reason(figure)),
    ]
