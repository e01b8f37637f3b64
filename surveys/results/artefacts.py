"""The files of a run: web maps, and the report as a workbook and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from surveys.results.models import Estimate, Run


@dataclass(frozen=True, slots=True)
class Made:
    """A file before it is stored."""

    kind: str  # map, report
    name: str
    language: str
    content_type: str
    content: bytes


def make_artefacts(run: Run, rows: Sequence[Estimate]) -> Iterator[Made]:
    """All files of a run, made from the rows as they will be stored."""
    yield from ()
