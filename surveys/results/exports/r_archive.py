"""The R archive: respondents with design and weights of a published run, and a script that makes
the design and one published table again.

Only recoded indicators leave, no answer as it was given and no id of a household. The records must
still be those of the run: else weights would be written that nobody published.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from django.utils import timezone

from analysis.design import Design
from analysis.indices.definition import Definition
from surveys.collection.models import Actor
from surveys.results.exports.codebook import about
from surveys.results.exports.published import PublishedTable, tables_of
from surveys.results.exports.reach import reach_of
from surveys.results.exports.refusals import refuse
from surveys.results.exports.source import Source
from surveys.results.extract import frames
from surveys.results.models import Estimate, Run
from surveys.results.own_definitions import definitions_of
from surveys.results.recipe import Calibrating, Recipe, Variance
from surveys.results.recipes import Weighted, weigh

SCRIPT: Final = Path(__file__).with_name("analysis.R")
MANY_MARGINS: Final = frozenset({Calibrating.RAKING.value, Calibrating.LINEAR.value})
PUBLISHED: Final = (
    "run",
    "indicator",
    "column",
    "base",
    "scale",
    "title_vi",
    "title_en",
    "commune",
    "name",
    "n",
    "estimate",
    "se",
    "lower",
    "upper",
    "interval",
)


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of data.csv."""

    name: str
    words_vi: str
    words_en: str
    values: Any


def write(source: Source, folder: Path, _stem: str, actor: Actor) -> None:
    """Write data, design, the published table and the script.

    Raises
    ------
    JobRefused : no such table, or the records have changed since the run.
    """
    chosen = _chosen(source)
    run = Run.objects.select_related("round").get(pk=chosen.run)
    definitions = definitions_of(run.report.get("own_definitions", ""))
    definition = definitions[chosen.indicator]
    weighted = _weighted(run, definition)
    columns = [*_design(weighted), *_answers(source, actor, weighted, definition, definitions)]
    _write(
        folder / "data.csv",
        [each.name for each in columns],
        zip(*(each.values for each in columns), strict=True),
    )
    _write(
        folder / "variables.csv",
        ("name", "vi", "en"),
        ((each.name, each.words_vi, each.words_en) for each in columns),
    )
    if weighted.design.calibrations:
        _write(folder / "cells.csv", ("cell", "population"), _cells(weighted.design))
    _write(folder / "published.csv", PUBLISHED, _published(run, definition))
    source.counted.rows["records"] = len(weighted.frame)
    _write(folder / "about.csv", ("what", "value"), about(source, actor, timezone.localtime()))
    (folder / "analysis.R").write_bytes(SCRIPT.read_bytes())


def _chosen(source: Source) -> PublishedTable:
    tables = tables_of(source.form, source.options.run)
    wanted = source.options.indicator
    found = next((each for each in tables if each.indicator == wanted or not wanted), None)
    if found is None:
        refuse(
            "Lần chạy đã công bố không có bảng này theo xã, phường.",
            "The published run has no such table by commune.",
            "Chọn một bảng trong danh sách ở trang Xuất dữ liệu.",
            "Choose a table of the list on the page Export data.",
        )
    return found


def _weighted(run: Run, definition: Definition) -> Weighted:
    """The frame and weights of the run, made again from the same records."""
    recipe = Recipe.of(run.recipe)
    if recipe.variance != Variance.LINEARISED or recipe.calibration in MANY_MARGINS:
        refuse(
            "Tệp R chỉ làm lại được bảng tính theo công thức, với trọng số khớp từng ô (hoặc không "
            "khớp).",
            "The R archive makes again only tables by formula, with weights that meet cells (or "
            "none).",
            "Chọn cách ấy ở trang “Cách ước lượng”, tính lại, công bố, rồi xuất.",
            "Choose that on the page “How it is estimated”, run, publish, then export.",
        )
    found = frames(run.round)
    if found.inputs_sha256 != run.inputs_sha256:
        refuse(
            "Phiếu hoặc mẫu đã thay đổi từ lần chạy ấy, nên trọng số không còn khớp.",
            "Records or sample have changed since that run, so its weights do not fit any more.",
            "Chạy lại phân tích, công bố, rồi xuất.",
            "Run the analysis again, publish it, then export.",
        )
    return weigh(found, recipe)[definition.weight]


def _design(weighted: Weighted) -> Iterator[_Column]:
    """The design as the run used it: strata after collapsing, units and strata as numbers."""
    design = weighted.design
    first = design.stages[0]
    stratum = first.stratum[first.unit]
    yield _Column("stratum", "tầng", "stratum", stratum + 1)
    yield _Column("psu", "thôn trong mẫu", "village drawn", first.unit + 1)
    yield _Column("hh", "hộ trong mẫu", "household drawn", _units(weighted) + 1)
    if len(design.stages) > 1:
        second = design.stages[1]
        homes = second.population[second.stratum[second.unit]]
        yield _Column("fpc_psu", "số thôn của tầng", "villages", first.population[stratum])
        yield _Column("fpc_hh", "số hộ của thôn", "households", homes)
    yield _Column("weight", "trọng số", "weight", design.weights)
    if design.calibrations:
        cell = _cell_of_rows(design)
        # Rows outside all cells keep their weight through R's calibration.
        before = np.where(cell < 0, design.weights, design.calibrations[0].before)
        said = ("" if each < 0 else int(each) + 1 for each in cell)
        yield _Column("weight_before", "trọng số trước hiệu chỉnh", "before raking", before)
        yield _Column("cell", "ô hiệu chỉnh", "cell of raking", said)


def _answers(
    source: Source,
    actor: Actor,
    weighted: Weighted,
    definition: Definition,
    definitions: Mapping[str, Definition],
) -> Iterator[_Column]:
    """Domains, bases and indicators; those about sensitive answers only for who reviews."""
    frame = weighted.frame
    shows_all = reach_of(actor, source.form).reads_restricted
    yield _Column("commune", "mã xã, phường", "code of the commune", frame["commune"])
    yield _Column("urban_rural", "thành thị, nông thôn", "urban or rural", frame["urban_rural"])
    if shows_all:
        for name, vi, en in (("sex", "giới", "sex"), ("age_group", "nhóm tuổi", "age group")):
            if name in frame:
                yield _Column(name, vi, en, _plain(frame[name]))
    seen: set[str] = set()
    for each in definitions.values():
        if each.weight is not definition.weight or (each.is_sensitive and not shows_all):
            continue
        for name in (each.base.id, *each.columns):
            if name in frame and name not in seen:
                seen.add(name)
                is_base = name == each.base.id
                vi, en = (each.base.vi, each.base.en) if is_base else (each.vi, each.en)
                yield _Column(name, vi, en, _plain(frame[name]))


def _units(weighted: Weighted) -> Any:
    """A number for each household, which is in no other file."""
    return pd.factorize(weighted.frame["household"])[0]


def _cell_of_rows(design: Design) -> Any:
    """The cell of each row, -1 = none. One margin is raked to, so a row has one cell at most."""
    if len(design.calibrations) != 1:
        raise ValueError("an R archive knows one raking step")
    x = design.calibrations[0].x.tocoo()
    cell = np.full(design.n_rows, -1, dtype=np.int64)
    cell[x.row] = x.col
    return cell


def _cells(design: Design) -> Iterator[tuple[int, float]]:
    cell = _cell_of_rows(design)
    for number in sorted(set(cell.tolist()) - {-1}):
        yield number + 1, float(design.weights[cell == number].sum())


def _published(run: Run, definition: Definition) -> Iterator[tuple[Any, ...]]:
    names = {area["code"]: area["name"] for area in run.report.get("areas", [])}
    rows = Estimate.objects.filter(
        run=run,
        method=Estimate.Method.DIRECT,
        indicator=definition.id,
        domain_type="commune",
        category="",
    ).exclude(publication=Estimate.Publication.NONE)
    for row in rows.order_by("domain"):
        yield (
            run.pk,
            definition.id,
            definition.columns[0],
            definition.base.id,
            definition.scale,
            definition.vi,
            definition.en,
            row.domain,
            names.get(row.domain, row.domain),
            row.n,
            row.estimate,
            row.se,
            row.lower,
            row.upper,
            row.interval,
        )


def _plain(values: pd.Series[Any]) -> Any:
    """Missing as nothing, so that R reads NA."""
    return values.astype(object).where(values.notna(), "")


def _write(path: Path, head: Sequence[str], lines: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(head)
        writer.writerows(lines)
