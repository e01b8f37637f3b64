"""The files of a run: web maps, and the report as a workbook and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maps.specification import Language
from surveys.results.models import Comparison, Estimate, Run
from surveys.results.reading.figures import reader
from surveys.results.reading.locator import LOCATOR
from surveys.results.report.document import document
from surveys.results.report.figures_csv import figures_csv
from surveys.results.report.locator import locator_file
from surveys.results.report.maps import map_documents
from surveys.results.report.sheets import Pages, workbook
from surveys.results.report.words import Speaker

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAMES: Final = {Language.VI: "bao-cao", Language.EN: "report"}


@dataclass(frozen=True, slots=True)
class Made:
    """A file before it is stored."""

    kind: str  # map, report, figures, print, data, locator
    name: str
    language: str
    content_type: str
    content: bytes


def make_artefacts(
    run: Run, rows: Sequence[Estimate], comparisons: Sequence[Comparison] = ()
) -> Iterator[Made]:
    """All files of a run, made from the rows as they will be stored."""
    found = reader(run, rows, comparisons)
    for each in map_documents(found):
        name = f"map-{each.indicator}-{each.language}.html"
        yield Made("map", name, each.language, "text/html; charset=utf-8", each.html.encode())
    yield Made("locator", LOCATOR, "", "application/json", locator_file(found))
    pages = Pages.of(found)
    for language in Language:
        speaker = Speaker(language, float(run.recipe.get("confidence", 0.95)))
        stem = f"{NAMES[language]}-{run.pk}"
        yield Made("report", f"{stem}.xlsx", language.value, XLSX, workbook(pages, speaker))
        yield Made("report", f"{stem}.docx", language.value, DOCX, document(pages, speaker))
        yield Made("figures", f"{stem}.csv", language.value, CSV, figures_csv(found, speaker))
