"""A commune in a run: all that is known of it, what is not, and who lies beside it."""

import csv
import io

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dashboard.access import page, round_frame, run_of
from dashboard.presentation import figures, files, formats
from dashboard.presentation.communes import beside_rows, pattern_words
from surveys.collection.spreadsheets import as_text
from surveys.results.reading import reader
from surveys.results.reading.commune import CSV_HEAD, CommunePage, commune_page, csv_rows
from surveys.results.reading.figures import RunReader
from surveys.results.reading.mapped import mapped_units


@require_safe
@page
def commune(request: HttpRequest, run_id: int, code: str) -> HttpResponseBase:
    run = run_of(request, run_id)
    read = _read(reader(run), code)
    context = round_frame(
        request,
        run.round,
        "commune",
        run=run,
        read=read,
        beside=beside_rows(read),
        pattern=pattern_words(run, read),
        reasons=figures.reasons(
            ((line.title, [line.row.direct]) for part in read.parts for line in part.lines), [""]
        ),
    )
    return render(request, "dashboard/commune.html", context)


@require_safe
@page
def commune_of(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """To the commune that was chosen from a list; without one to the first."""
    run = run_of(request, run_id)
    units = mapped_units(reader(run))
    wanted = request.GET.get("code", "")
    code = wanted if wanted in units else next(iter(units), None)
    if code is None:
        raise Http404
    return redirect("commune", run.pk, code)


@require_safe
@page
def commune_csv(request: HttpRequest, run_id: int, code: str) -> HttpResponseBase:
    """The figures of the page, withheld ones empty, to go on with."""
    run = run_of(request, run_id)
    found = reader(run)
    read = _read(found, code)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(CSV_HEAD)
    for row in csv_rows(found, read, is_english=formats.is_english()):
        writer.writerow([as_text(cell) if isinstance(cell, str) else cell for cell in row])
    content = b"\xef\xbb\xbf" + stream.getvalue().encode()
    return files.download(content, f"run-{run.pk}-{read.code}.csv", "text/csv; charset=utf-8")


def _read(found: RunReader, code: str) -> CommunePage:
    read = commune_page(found, code)
    if read is None:
        raise Http404
    return read
