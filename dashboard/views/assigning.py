"""Sharing out households: who visits which villages. Nothing changes before it was shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dashboard.access import actor, page, page_before, reader, round_frame, round_of
from dashboard.presentation import holdings
from dashboard.presentation.formats import number
from dashboard.presentation.paging import number_of
from surveys.collection import rights
from surveys.collection.models import AppUser
from surveys.collection.rights import Right
from surveys.fieldwork import assignments
from surveys.fieldwork.models import Round, SampledVillage

EVERYBODY = "everybody"
FEW_VILLAGES = 16


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was ticked, and what would carry it out."""

    chosen: tuple[holdings.Household, ...]
    hidden: list[tuple[str, str]]  # the fields that say it again with the confirmation
    carry_out: Callable[[AppUser | None], int]
    back: str


def _holdings(request: HttpRequest, found: Round) -> holdings.Holdings:
    communes = rights.communes_with(reader(request), Right.SUPERVISE, found.project)
    return holdings.holdings(found, communes)


@require_http_methods(["GET", "POST"])
@page
def assigning(request: HttpRequest, round_id: int) -> HttpResponseBase:
    """Villages and whole communes."""
    found = round_of(request, round_id, Right.SUPERVISE)
    held = _holdings(request, found)
    if request.method == "POST":
        whole = set(request.POST.getlist("commune"))
        psus = set(request.POST.getlist("psu"))
        psus |= {village.psu for village in held.villages if village.commune_code in whole}
        wish = _Wish(
            held.of_villages(psus),
            [("psu", psu) for psu in sorted(psus)],
            lambda to: assignments.assign_villages(actor(request), found, psus, to),
            reverse("assigning", args=[found.pk]),
        )
        return _answer(request, found, held, wish)
    only = request.GET.get("commune", "")
    shown = [commune for commune in held.communes if only in ("", commune.code)]
    context = round_frame(
        request,
        found,
        "assigning",
        held=held,
        communes=shown,
        only=only,
        is_open=len(shown) == 1 or len(held.villages) <= FEW_VILLAGES,
    )
    return render(request, "dashboard/assigning.html", context)


@require_http_methods(["GET", "POST"])
@page
def assigning_village(request: HttpRequest, round_id: int, village_id: int) -> HttpResponseBase:
    """Single households of a village."""
    found = round_of(request, round_id, Right.SUPERVISE)
    village = get_object_or_404(
        SampledVillage.objects.select_related("village__unit"), pk=village_id, round=found
    )
    held = _holdings(request, found)
    if village.pk not in {each.id for each in held.villages}:
        raise PermissionDenied  # in a commune that the person does not supervise
    here = tuple(each for each in held.households if each.village_id == village.pk)
    if request.method == "POST":
        said = map(number_of, request.POST.getlist("household"))
        ids = {each for each in said if each is not None}
        wish = _Wish(
            tuple(each for each in here if each.id in ids),
            [("household", str(each)) for each in sorted(ids)],
            lambda to: assignments.assign(actor(request), found, ids, to),
            reverse("assigning_village", args=[found.pk, village.pk]),
        )
        return _answer(request, found, held, wish)
    phones = {phone.id: phone for phone in held.phones}
    rows = [{"household": each, "phone": phones.get(each.holder_id or 0)} for each in here]
    context = round_frame(request, found, "assigning", held=held, village=village, rows=rows)
    return render(request, "dashboard/assigning_village.html", context)


def _answer(
    request: HttpRequest, found: Round, held: holdings.Holdings, wish: _Wish
) -> HttpResponseBase:
    """Ask first, then do it."""
    target = request.POST.get("to", "")
    to = _phone(found, target)
    if not wish.hidden:
        messages.error(request, gettext("Chưa chọn thôn hay hộ nào. Hãy đánh dấu rồi gửi lại."))
        return redirect(page_before(request))
    if to is None and target != EVERYBODY:
        messages.error(request, gettext("Chưa chọn giao cho ai. Hãy chọn một điều tra viên."))
        return redirect(page_before(request))
    if "confirmed" in request.POST:
        changed = wish.carry_out(to)
        _tell(request, changed, to)
        return redirect(wish.back)
    context = round_frame(
        request,
        found,
        "assigning",
        change=holdings.change(held, wish.chosen, to.pk if to else None),
        hidden=wish.hidden,
        target=target,
        phone=to,
        back=wish.back,
    )
    return render(request, "dashboard/assigning_confirm.html", context)


def _phone(found: Round, target: str) -> AppUser | None:
    """The living phone that was chosen; that of another project is none."""
    if not (target.isascii() and target.isdecimal() and len(target) < 19):
        return None
    phones = AppUser.objects.filter(project=found.project_id, token__isnull=False)
    return phones.select_related("actor").filter(pk=int(target), actor__deleted_at=None).first()


def _tell(request: HttpRequest, changed: int, to: AppUser | None) -> None:
    words = {"n": number(changed), "name": to.actor.display_name if to else ""}
    if not changed:
        messages.info(request, gettext("Không có gì thay đổi: các hộ ấy vốn đã được giao như vậy."))
    elif to is None:
        text = gettext("Đã thu lại %(n)s hộ; các hộ ấy hiện trên máy của mọi điều tra viên.")
        messages.success(request, text % words)
    else:
        messages.success(request, gettext("Đã giao %(n)s hộ cho %(name)s.") % words)
