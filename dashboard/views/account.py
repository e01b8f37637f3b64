"""One's own account, and the account of somebody who has a role in a project."""

from typing import Final

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.access import access, actor, frame, page, project_of, reader
from dashboard.inputs import NewPassword, OwnPassword, posted
from dashboard.refusals import sentence
from surveys.collection import people, roles
from surveys.collection.models import Project, Role, RoleAssignment, User
from surveys.collection.rights import Right

CHANGES: Final = ("withdraw", "close")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@page
def own(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password; this browser stays signed in, all others do not."""
    form = OwnPassword(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        try:
            people.set_password(actor(request), reader(request), form.cleaned_data["password"])
        except people.PersonRefused as refusal:
            form.add_error("password", sentence(refusal))
        else:
            update_session_auth_hash(request, reader(request))
            messages.success(request, gettext("Đã đổi mật khẩu. Nơi khác phải đăng nhập lại."))
            return redirect("own_account")
    return render(request, "dashboard/own_account.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@page
def account(request: HttpRequest, project_id: int, user_id: int) -> HttpResponseBase:
    """Take a role away, close the account, give it a new password: each after a question."""
    project = project_of(request, project_id, Right.MANAGE_PEOPLE)
    may_close = access(request).may(Right.ADMINISTER, None)
    here = Q(project=project) | Q(project=None) if may_close else Q(project=project)
    having = RoleAssignment.objects.filter(here).values("user")
    found = get_object_or_404(
        User.objects.select_related("actor").filter(pk__in=having), pk=user_id
    )
    change = request.POST.get("change", "")
    if change in CHANGES:
        return _changed(request, project, found, change)
    form = NewPassword(*posted(request))
    if form.is_bound and form.is_valid():
        _refuse_own(request, found)
        try:
            people.set_password(actor(request), found, form.cleaned_data["password"])
        except people.PersonRefused as refusal:
            form.add_error("password", sentence(refusal))
        else:
            messages.success(request, gettext("Đã đặt mật khẩu mới. Hãy trao tận tay người dùng."))
            return redirect("account", project.pk, found.pk)
    held = found.roles.filter(here).order_by("role", "project")
    context = frame(
        request,
        project,
        "people",
        account=found,
        roles=held,
        role=held.filter(
            role=request.GET.get("role", ""),
            project=None if "everywhere" in request.GET else project,
        ).first(),
        form=form,
        ask=request.GET.get("ask", ""),
        is_own=found.pk == reader(request).pk,
        may_close=may_close,
    )
    return render(request, "dashboard/account.html", context)


def _changed(request: HttpRequest, project: Project, found: User, change: str) -> HttpResponseBase:
    _refuse_own(request, found)
    if change == "close":
        people.deactivate_user(actor(request), found)
        messages.success(request, gettext("Đã đóng tài khoản. Người này không đăng nhập được nữa."))
    else:
        role = request.POST.get("role", "")
        if role in Role.values:
            where = None if "everywhere" in request.POST else project
            roles.withdraw_role(actor(request), found, Role(role), project=where)
            said = gettext("Đã rút vai trò khỏi dự án.")
            messages.success(request, said if where else gettext("Đã rút vai trò ở mọi dự án."))
    return redirect("people", project.pk)


def _refuse_own(request: HttpRequest, found: User) -> None:
    """Nobody locks himself or herself out; another manager does that."""
    if found.pk == reader(request).pk:
        raise PermissionDenied
