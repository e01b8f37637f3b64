"""Forgotten passwords: a link is asked for, handed over by an administrator, used once."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.access import actor, frame, page, project_of
from dashboard.inputs import NewPassword
from dashboard.refusals import sentence
from surveys.collection import password_reset, people, sign_in
from surveys.collection.models import User
from surveys.collection.own_address import base_url
from surveys.collection.rights import Right


class Forgotten(forms.Form):
    email = forms.EmailField(
        label=_("Thư điện tử"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """The same answer whether the account exists or not."""
    form = Forgotten(request.POST if request.method == "POST" else None)
    is_asked, status = False, 200
    if form.is_bound and form.is_valid():
        address = sign_in.address_of(
            request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
        )
        try:
            password_reset.ask(form.cleaned_data["email"], address)
        except password_reset.ResetRefused as refusal:
            form.add_error(None, sentence(refusal))
            status = int(refusal.code)
        else:
            is_asked = True
    context = {"form": form, "is_asked": is_asked, "is_by_mail": password_reset.is_by_mail()}
    return render(request, "dashboard/forgotten.html", context, status=status)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a link; looking at it uses nothing up."""
    holder = password_reset.holder_of(token)
    form = NewPassword(request.POST if request.method == "POST" else None)
    if holder is not None and form.is_bound and form.is_valid():
        try:
            password_reset.use(token, form.cleaned_data["password"])
        except people.PersonRefused as refusal:
            form.add_error("password", sentence(refusal))
        except password_reset.ResetRefused:
            holder = None
        else:
            messages.success(request, gettext("Đã đặt mật khẩu mới. Hãy đăng nhập."))
            return redirect("login")
    status = 200 if holder is not None else 410
    context = {"form": form, "holder": holder}
    return render(request, "dashboard/new_password.html", context, status=status)


@never_cache
@require_POST
@page
def hand_over(request: HttpRequest, project_id: int, user_id: int) -> HttpResponseBase:
    """An administrator makes a link; it stands on this page alone."""
    project = project_of(request, project_id, Right.MANAGE_PEOPLE)
    found = get_object_or_404(User.objects.select_related("actor"), pk=user_id, is_active=True)
    token = password_reset.make_link(actor(request), found)
    link = password_reset.address(token, base_url(request))
    context = frame(
        request,
        project,
        "people",
        account=found,
        link=link,
        hours=password_reset.HOURS_HANDED,
    )
    return render(request, "dashboard/password_link.html", context)
