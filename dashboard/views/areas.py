"""What old communes became, for administrators: pairs in dispute, divided communes, shares."""

from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.access import actor, page, reader
from dashboard.presentation.paging import page_of
from dashboard.refusals import sentence
from dashboard.views.areas_units import area_frame
from surveys.collection import rights
from surveys.collection.refusal import Refused
from surveys.collection.rights import Forbidden, Right
from surveys.fieldwork.area_links import Decision, decide
from surveys.territory.links import in_doubt
from surveys.territory.models import AdminLink, Level
from surveys.territory.units import in_force

PAGE_SIZE = 25
Verdict = AdminLink.Verdict


class PairInput(forms.Form):
    """What somebody says about a pair; the rules are those of `decide`."""

    verdict = forms.ChoiceField(
        label=_("Cặp này"),
        choices=[(Verdict.ACCEPTED.value, _("được dùng")), (Verdict.REJECTED.value, _("bị loại"))],
        widget=forms.RadioSelect,
    )
    share = forms.CharField(
        label=_("Phần dân số của xã cũ chuyển sang xã mới"),
        required=False,
        max_length=12,
        help_text=_("Một số từ 0 đến 1, ví dụ 0,35. Để trống nếu chưa ai đếm."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=_("Nguồn"),
        max_length=200,
        help_text=_("Văn bản hoặc số đếm làm căn cứ, ví dụ Nghị quyết 1686/NQ-UBTVQH15."),
    )

    def clean_share(self) -> float | None:
        said = self.cleaned_data["share"].strip().replace(",", ".")
        try:
            return float(said) if said else None
        except ValueError:
            raise forms.ValidationError(_("Ghi một số như 0,35 hoặc để trống.")) from None

    def decision(self, link: AdminLink) -> Decision:
        """A pair that both lists have stays so when it is only given its share."""
        said = self.cleaned_data
        verdict = Verdict(said["verdict"])
        if verdict is Verdict.ACCEPTED and link.verdict == Verdict.AGREED:
            verdict = Verdict.AGREED
        return Decision(verdict, said["share"], said["source"])


@require_safe
@page
def area_links(request: HttpRequest) -> HttpResponseBase:
    """Old communes in doubt with all their pairs, a page at a time."""
    rights.require(reader(request), Right.ADMINISTER)
    province = request.GET.get("province", "")[:5]
    words = request.GET.get("q", "")[:100]
    found = in_doubt(province=province, words=words).select_related("parent__parent")
    listed = page_of(
        found, cursor=request.GET.get("after", ""), size=PAGE_SIZE, is_descending=False
    )
    pairs: dict[int, list[AdminLink]] = defaultdict(list)
    for link in AdminLink.objects.filter(old__in=listed.rows).select_related("new__parent"):
        pairs[link.old_id].append(link)
    context: dict[str, Any] = {
        "listed": listed,
        "rows": [
            {
                "old": old,
                "pairs": sorted(pairs[old.pk], key=lambda link: link.new.code),
                "left": _left(pairs[old.pk]),
            }
            for old in listed.rows
        ],
        "count": found.count(),
        "provinces": in_force(level=Level.PROVINCE).order_by("code"),
        "province": province,
        "words": words,
        "has_units": AdminLink.objects.exists(),
    }
    context |= area_frame(request, "links")
    return render(request, "dashboard/area_links.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area_link(request: HttpRequest, pair_id: int) -> HttpResponseBase:
    """One pair: the form, then what would change, then the change."""
    rights.require(reader(request), Right.ADMINISTER)
    link = get_object_or_404(
        AdminLink.objects.select_related("old__parent", "new__parent"), pk=pair_id
    )
    initial = {
        "verdict": Verdict.REJECTED if link.verdict == Verdict.REJECTED else Verdict.ACCEPTED,
        "share": "" if link.share is None else f"{link.share:g}",
        "source": link.share_source,
    }
    entry = PairInput(request.POST if request.method == "POST" else None, initial=initial)
    is_asking = False
    if request.method == "POST" and entry.is_valid() and "back" not in request.POST:
        if "confirmed" not in request.POST:
            is_asking = True
        elif _decided(request, link, entry):
            messages.success(request, gettext("Đã ghi quyết định."))
            return redirect(f"{reverse('area_links')}?q={link.old.code}")
    beside = AdminLink.objects.filter(old=link.old).select_related("new__parent")
    context: dict[str, Any] = {
        "link": link,
        "beside": beside.order_by("new__code"),
        "form": entry,
        "is_asking": is_asking,
    }
    context |= area_frame(request, "links")
    return render(request, "dashboard/area_link.html", context)


def _decided(request: HttpRequest, link: AdminLink, entry: PairInput) -> bool:
    try:
        decide(actor(request), link.old, link.new, entry.decision(link))
    except Forbidden:
        raise
    except Refused as refusal:
        entry.add_error(None, sentence(refusal))
        return False
    return True


def _left(pairs: list[AdminLink]) -> float | None:
    """The part of a divided unit's people that no share speaks of yet; None = all is said."""
    used = [link.share for link in pairs if link.verdict != Verdict.REJECTED]
    if None not in used:
        return None
    return max(1 - sum(share or 0.0 for share in used), 0.0)
