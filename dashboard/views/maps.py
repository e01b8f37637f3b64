"""Maps of a run that are ordered on its pages, and handed out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from dashboard.access import actor, need, page, reader
from dashboard.presentation.files import from_respondent, from_run
from dashboard.presentation.map_block import asked, page_address
from surveys.collection import blobs
from surveys.collection.rights import Right
from surveys.results import map_orders
from surveys.results.map_choice import MapChoice
from surveys.results.models import MapOrder, Run
from surveys.results.reading.files import policy_of


@require_POST
@page
def order_map(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Have a map drawn, or find the one that is there; back to the page that shows it."""
    run = get_object_or_404(
        Run.objects.select_related("round__project"),
        pk=run_id,
        finished_at__isnull=False,
        round__project__deleted_at=None,
    )
    need(request, run.round.project, Right.READ_RUNS)
    choice = asked(request.POST, get_language() or "vi")
    if not choice.is_plain:
        map_orders.order(actor(request), run, choice)
    if choice.is_print:
        messages.success(request, gettext("Bản in có trong danh sách dưới bản đồ khi vẽ xong."))
        choice = MapChoice(choice.indicator, language=choice.language)
    return redirect(page_address(run, request.POST.get("page", ""), choice))


@require_safe
@page
def ordered_map(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """In place: a web map under the policy that it carries, or a picture; other files to save."""
    found = _found(request, order_id)
    if MapChoice.of(found.choice).is_print:
        file = blobs.open_blob(str(found.blob_id))
        return from_respondent(file, found.name, found.content_type)
    with blobs.open_blob(str(found.blob_id)) as file:
        document = file.read()
    response = HttpResponse(document, content_type=found.content_type)
    response.headers["Content-Security-Policy"] = policy_of(document)
    return response


@require_safe
@page
def ordered_map_file(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """As a file to save."""
    found = _found(request, order_id)
    return from_run(blobs.open_blob(str(found.blob_id)), found.name, found.content_type)


def _found(request: HttpRequest, order_id: int) -> MapOrder:
    found = map_orders.read(reader(request), order_id)
    if found is None:
        raise Http404
    return found
