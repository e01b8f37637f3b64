"""How a round is estimated: every choice with what it changes, for its managers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.access import actor, page, round_frame, round_of
from dashboard.estimating_inputs import EstimatingInput, parts, target_fields
from dashboard.presentation.runs import run_to_read
from dashboard.refusals import sentence
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results import definitions_upload
from surveys.results import estimating as choices
from surveys.results.recipe import Recipe
from surveys.results.stored_settings import SettingRefused


@require_http_methods(["GET", "POST"])
@page
def estimating(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """Analysts read the choices; who manages rounds changes them. Runs that exist keep theirs."""
    needed = Right.MANAGE_ROUNDS if request.method == "POST" else Right.RUN_ANALYSIS
    found = round_of(request, round_id, needed)
    data = request.POST if request.method == "POST" else None
    form = EstimatingInput(data, round_=found, recipe=_recipe(found))
    if form.is_bound and form.is_valid():
        try:
            choices.choose(actor(request), found, form.chosen())
        except choices.EstimatingRefused as refusal:
            form.add_error(
                refusal.setting if refusal.setting in form.fields else None, sentence(refusal)
            )
        else:
            messages.success(
                request,
                gettext("Đã lưu. Kết quả đã có không đổi; hãy tính lại để dùng cách mới."),
            )
            return redirect("estimating", found.pk)
    run = run_to_read(request, found)
    context = round_frame(
        request,
        found,
        "estimating",
        form=form,
        parts=list(parts(form)),
        targets=target_fields(form),
        run=run,
        is_newer=run is not None and choices.is_newer_than(found, run),
    )
    status = 400 if form.is_bound else 200
    return render(request, "dashboard/estimating.html", context, status=status)


@require_POST
@page
def definitions(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """The round's own indicators: a file to check and use, or none any more."""
    found = round_of(request, round_id, Right.MANAGE_ROUNDS)
    file = request.FILES.get("file")
    if file is None and "remove" not in request.POST:
        messages.error(request, gettext("Hãy chọn một tệp .toml."))
        return redirect("estimating", found.pk)
    name, content = (file.name or "", file.read()) if file is not None else ("", b"")
    if file is not None and not content.strip():
        messages.error(request, gettext("Tệp trống. Hãy chọn tệp có chỉ tiêu."))
        return redirect("estimating", found.pk)
    job = definitions_upload.start(actor(request), found, name, content)
    return redirect("job", job.pk)


def _recipe(found: Round) -> Recipe:
    """What is stored; a stored setting that nobody knows any more starts from the defaults."""
    try:
        return choices.recipe_of(found)
    except SettingRefused:
        return Recipe()
