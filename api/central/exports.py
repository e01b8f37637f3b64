"""`submissions.csv.zip` and `submissions.csv` as ODK Central has them; of a draft as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from api.central import keys
from api.central.csv_archive import Member, csv_pieces, zip_pieces
from api.central.csv_files import members
from api.central.csv_remarks import remarks
from api.central.csv_tables import CsvOptions, CsvTable, codes_of, safe_name
from api.central.door import Call
from api.central.odata_filter import parse
from api.central.odata_options import NO, Options
from api.central.odata_pages import Selection, select
from api.central.odata_source import Source, note, source_of
from api.central.streaming import holds, streamed
from surveys.collection.readout import Column, Table, rows


def csv_zip(
    call: Call, project_id: int, form_id: str, *, is_draft: bool = False
) -> HttpResponseBase:
    """Every table as CSV in one archive, with files and logs unless `attachments=false`."""
    options = _options(call.request)
    export = _Export(call, project_id, form_id, options, is_draft=is_draft)
    if options.attachments:  # a file may be replaced without a trace: no mark of unchanged data
        return export.answer(export.zip(), "zip", "application/zip")
    if holds(call.request, export.etag):
        return export.unchanged()
    return export.answer(export.zip(), "csv.zip", "application/zip", etag=export.etag)


def csv_root(
    call: Call, project_id: int, form_id: str, *, is_draft: bool = False
) -> HttpResponseBase:
    """The table of the form alone as CSV."""
    export = _Export(call, project_id, form_id, _options(call.request), is_draft=is_draft)
    if holds(call.request, export.etag):
        return export.unchanged()
    return export.answer(export.csv(), "csv", "text/csv; charset=utf-8", etag=export.etag)


class _Export:
    """One request for CSV."""

    def __init__(
        self, call: Call, project_id: int, form_id: str, options: CsvOptions, *, is_draft: bool
    ) -> None:
        self.call, self.options = call, options
        self.source: Source = source_of(
            call,
            project_id,
            form_id,
            is_draft=is_draft,
            deleted_fields=options.deleted_fields,
        )
        said = call.request.GET.get("$filter", "")
        query = Options(filter=parse(said) if said else None)
        self.selection: Selection = select(self.source, self.source.layout[0], query)
        self.opening = keys.opening_of(call.request, self.source.form)
        self.form_id = form_id

    @property
    def etag(self) -> str:
        return self.selection.etag("csv", self.options, self.opening is not None)

    def unchanged(self) -> HttpResponseBase:
        return HttpResponse(status=304, headers={"ETag": self.etag})

    def csv(self) -> Iterator[bytes]:
        """The root table."""
        (table,) = self._tables(self.source.layout[:1])
        filled = rows(
            self.selection.ids,
            self.source.layout,
            restricted=self.source.restricted,
            only=(),
            opener=self.opening,
        )
        return csv_pieces(filled, table)

    def zip(self) -> Iterator[bytes]:
        """All tables and, if wanted, what follows them."""
        ids, restricted = self.selection.ids, self.source.restricted
        filled = rows(ids, self.source.layout, restricted=restricted, opener=self.opening)

        def files() -> Iterator[Member]:
            if self.options.attachments:
                yield from members(self.source.form, ids, restricted, self.opening)
            if self.options.attachments and self.opening is not None:
                yield from remarks(self.form_id, self.opening)

        return zip_pieces(self.form_id, filled, self._tables(self.source.layout), files, n=len(ids))

    def _tables(self, layout: Sequence[Table]) -> list[CsvTable]:
        return [CsvTable(each, self.options, self._codes(each)) for each in layout]

    def _codes(self, table: Table) -> dict[str, tuple[str, ...]]:
        if not self.options.split_select_multiples:
            return {}
        return codes_of(table, self.selection.submissions, may_read=self._may_read)

    def _may_read(self, column: Column) -> bool:
        return self.source.restricted is True or not column.is_restricted

    def answer(
        self, pieces: Iterator[bytes], suffix: str, content_type: str, *, etag: str = ""
    ) -> HttpResponseBase:
        note(self.call, self.source, via="csv", rows=len(self.selection.ids))
        response = streamed(pieces, content_type)
        name = f"{safe_name(self.form_id)}.{suffix}"
        response["Content-Disposition"] = content_disposition_header(True, name)
        if etag:
            response["ETag"] = etag
        return response


def _options(request: HttpRequest) -> CsvOptions:
    def flag(name: str, *, default: bool) -> bool:
        said = request.GET.get(name, "").strip().lower()
        return said not in NO if said else default

    return CsvOptions(
        attachments=flag("attachments", default=True),
        group_paths=flag("groupPaths", default=True),
        split_select_multiples=flag("splitSelectMultiples", default=False),
        deleted_fields=flag("deletedFields", default=False),
    )
