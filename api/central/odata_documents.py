"""The JSON document of an OData request, written while the rows are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from api.central.odata_names import set_name
from api.central.odata_options import Options, PageMark
from api.central.odata_pages import Selection
from api.central.odata_rows import Json, Shape, Shown, Within
from api.problems import ProblemRaised
from surveys.collection.readout import Filled, Restricted, rows

BLOCK: Final = 500
ROWS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Address:
    """What the links of a document begin with, and the address of a next page from its mark."""

    service: str
    next_page: Callable[[str], str]


@dataclass(slots=True)
class _Progress:
    """How far writing came."""

    last: PageMark | None = None
    has_more: bool = False


def document(selection: Selection, shape: Shape, address: Address) -> Iterator[str]:
    """Pieces of `{"value": […], "@odata.context": …}`; the last one knows the next page."""
    count = selection.count() if selection.options.count else None
    progress = _Progress()
    found = _page(selection, shape, progress)
    before = '{"value":['
    while block := list(islice(found, ROWS_AT_ONCE)):
        yield before + _json(block)[1:-1]
        before = ","
    if before != ",":
        yield before
    mark = progress.last if progress.has_more else None
    yield "]," + _footer(shape, address, mark, count)


def single_document(
    filled: Filled, shape: Shape, address: Address, options: Options, within: Within | None
) -> str:
    """The document of one submission, or of the rows below one of its rows.

    Raises
    ------
    ProblemRaised : 400.55 no row has the id of the page mark.
    """
    found = list(shape.rows(filled, within))
    start = options.skip
    if options.mark is not None:
        places = [each.row_id for each in found]
        if options.mark.repeat_id not in places:
            raise ProblemRaised(400.55)
        start = places.index(options.mark.repeat_id) + 1
    end = len(found) if options.top is None else start + options.top
    page = found[start:end]
    mark = None
    if page and end < len(found):
        mark = PageMark(filled.system.instance_id, page[-1].row_id)
    count = len(found) if options.count else None
    value = _json([each.json for each in page])
    return f'{{"value":{value},' + _footer(shape, address, mark, count)


def empty_document(shape: Shape, address: Address, count: int | None) -> str:
    """No row, and the number of rows if it was asked for (`$top=0`)."""
    return '{"value":[],' + _footer(shape, address, None, count)


def filled_rows(ids: Sequence[int], shape: Shape, restricted: Restricted) -> Iterator[Filled]:
    """The submissions with what a shape shows of them."""
    return rows(ids, shape.layout, restricted=restricted, only=shape.shown, counted=shape.counted)


def _page(selection: Selection, shape: Shape, progress: _Progress) -> Iterator[Json]:
    """The rows of the page; notes the last one, and whether there are more."""
    for n, (filled, shown) in enumerate(_rows(selection, shape)):
        if n == selection.options.top:
            progress.has_more = True
            return
        progress.last = PageMark(filled.system.instance_id, shown.row_id)
        yield shown.json


def _rows(selection: Selection, shape: Shape) -> Iterator[tuple[Filled, Shown]]:
    """The rows from the begin of the page on, those that the filter lets through."""
    begin, skip = selection.begin, selection.begin.skip
    for start in range(0, len(selection.ids), BLOCK):
        ids = selection.ids[start : start + BLOCK]
        wanted = _wanted(selection, ids)
        for filled in filled_rows(ids, shape, selection.source.restricted):
            pk = filled.system.id
            found = shape.rows(filled)
            if pk == begin.submission_id:
                found = _from_begin(list(found), selection)
            for shown in found:
                if wanted is not None and (pk, shown.ordinal) not in wanted:
                    continue
                if skip:
                    skip -= 1
                    continue
                yield filled, shown


def _from_begin(found: list[Shown], selection: Selection) -> Iterator[Shown]:
    """What stands after the page mark in the first submission."""
    begin = selection.begin
    if selection.table.is_root:
        return iter(found)
    if not begin.after:
        return (each for each in found if each.ordinal >= begin.ordinal)
    places = [each.row_id for each in found]
    if begin.after not in places:
        raise ProblemRaised(400.55)
    return iter(found[places.index(begin.after) + 1 :])


def _wanted(selection: Selection, ids: Sequence[int]) -> set[tuple[int, int]] | None:
    """The rows of these submissions that a filter on the rows lets through; None = all."""
    if selection.rows is None or not selection.is_row_filtered:
        return None
    chosen = selection.rows.filter(submission__in=list(ids))
    return set(chosen.values_list("submission_id", "ordinal"))


def _footer(shape: Shape, address: Address, mark: PageMark | None, count: int | None) -> str:
    footer: Json = {"@odata.context": f"{address.service}/$metadata#{set_name(shape.table)}"}
    if mark is not None:
        footer["@odata.nextLink"] = address.next_page(mark.token())
    if count is not None:
        footer["@odata.count"] = count
    return _json(footer)[1:]


def _json(value: Json | list[Json]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
