"""Fieldwork today (R1): where to send whom."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard.access import page, round_frame, round_of
from surveys.collection.rights import Right


@require_safe
@page
def fieldwork(request: HttpRequest, round_id: int) -> HttpResponseBase:
    found = round_of(request, round_id, Right.SUPERVISE)
    return render(request, "dashboard/fieldwork.html", round_frame(request, found, "fieldwork"))
