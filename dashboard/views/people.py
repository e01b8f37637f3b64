"""Enumerators: their phones, settings QR codes, forms."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.access import access, actor, frame, need, page, project_of
from dashboard.inputs import ROLES, NewAccount, NewPhone, RoleInput, posted
from dashboard.presentation.phones import is_this_machine_only, phones_of
from dashboard.presentation.qr import qr_svg
from dashboard.refusals import sentence
from surveys.collection import people as accounts
from surveys.collection import roles
from surveys.collection.entities import actor_values
from surveys.collection.models import (
    ActorProperty,
    AppUser,
    Form,
    Project,
    Role,
    RoleAssignment,
    User,
)
from surveys.collection.own_address import base_url
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round


@require_http_methods(["GET", "POST"])
@page
def people(request: HttpRequest, project_id: int) -> HttpResponseBase:
    found = project_of(request, project_id, Right.MANAGE_PEOPLE)
    form = NewPhone(*posted(request))
    if form.is_bound and form.is_valid():
        made = accounts.create_app_user(actor(request), found, form.cleaned_data["display_name"])
        for each in Form.objects.filter(project=found, deleted_at=None):
            accounts.assign_form(actor(request), each, made)
        messages.success(request, gettext("Đã tạo. Hãy quét hoặc in mã QR dưới đây."))
        return redirect("phone", found.pk, made.pk)
    context = frame(
        request,
        found,
        "people",
        form=form,
        phones=phones_of(found),
        staff=RoleAssignment.objects.filter(Q(project=found) | Q(project=None))
        .select_related("user__actor")
        .order_by("role", "user__email", "project"),
        may_change_all=access(request).may(Right.ADMINISTER, None),
    )
    return render(request, "dashboard/people.html", context)


@require_http_methods(["GET", "POST"])
@page
def new_account(request: HttpRequest, project_id: int) -> HttpResponseBase:
    found = project_of(request, project_id, Right.MANAGE_PEOPLE)
    may_everywhere = access(request).may(Right.ADMINISTER, None)
    asked = RoleInput(*posted(request), may_everywhere=may_everywhere)
    if asked.is_bound and asked.is_valid():
        held = roles.account_of(actor(request), asked.cleaned_data["email"], found)
        if held is not None:
            return _existing_account(request, found, held, asked)
    form = NewAccount(*posted(request), may_everywhere=may_everywhere)
    if form.is_bound and form.is_valid():
        entry = _role_entry(form, found)
        for name in ("email", "password", "display_name"):
            entry[name] = form.cleaned_data[name]
        try:
            accounts.create_user(actor(request), **entry)
        except accounts.PersonRefused as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, gettext("Đã tạo tài khoản."))
            return redirect("people", found.pk)
    context = frame(request, found, "people", form=form)
    return render(request, "dashboard/new_account.html", context)


def _existing_account(
    request: HttpRequest, project: Project, held: User, asked: RoleInput
) -> HttpResponseBase:
    """The e-mail has an account: ask first, saying what it will be able to do, then give it."""
    role = dict(ROLES)[asked.cleaned_data["role"]]
    if "existing" in request.POST:
        try:
            roles.grant_to_account(actor(request), held, **_role_entry(asked, project))
        except accounts.PersonRefused as refusal:
            asked.add_error(None, sentence(refusal))
        else:
            words = {"email": held.email, "role": role}
            messages.success(request, gettext("Đã giao cho %(email)s vai trò %(role)s.") % words)
            return redirect("people", project.pk)
    context = frame(
        request,
        project,
        "people",
        form=asked,
        entry=asked.cleaned_data,
        role=role,
        roles=held.roles.filter(project=project).order_by("role"),
    )
    return render(request, "dashboard/existing_account.html", context)


def _role_entry(form: RoleInput, project: Project) -> dict[str, Any]:
    entry = form.cleaned_data
    return {
        "role": Role(entry["role"]),
        "project": None if entry.get("everywhere") else project,
        "communes": entry["communes"],
        "rated_commune": entry["rated_commune"],
    }


def _phone(request: HttpRequest, project_id: int, phone_id: int) -> AppUser:
    found = get_object_or_404(
        AppUser.objects.select_related("actor", "project"),
        pk=phone_id,
        project_id=project_id,
        actor__deleted_at=None,
    )
    need(request, found.project, Right.MANAGE_PEOPLE)
    return found


@require_safe
@page
def phone(request: HttpRequest, project_id: int, phone_id: int) -> HttpResponseBase:
    """One enumerator with the QR that sets the phone up; prints as a sheet."""
    found = _phone(request, project_id, phone_id)
    forms = Form.objects.filter(project=found.project, deleted_at=None).order_by("xml_form_id")
    given = set(found.actor.form_assignments.values_list("form_id", flat=True))
    context = frame(
        request,
        found.project,
        "people",
        phone=found,
        qr=qr_svg(_settings_text(request, found)) if found.token else "",
        address=base_url(request),
        unreachable=is_this_machine_only(base_url(request)),
        forms=[{"form": form, "is_given": form.pk in given} for form in forms],
        values=[
            {"name": each.name, "value": found.properties.get(each.name, "")}
            for each in ActorProperty.objects.filter(project=found.project).order_by("pk")
        ],
    )
    return render(request, "dashboard/phone.html", context)


@require_safe
@page
def sheets(request: HttpRequest, project_id: int) -> HttpResponseBase:
    """A sheet for every living phone, one a printed page."""
    found = project_of(request, project_id, Right.MANAGE_PEOPLE)
    phones = AppUser.objects.filter(
        project=found, actor__deleted_at=None, token__isnull=False
    ).select_related("actor", "project")
    rows = [
        {"phone": each, "qr": qr_svg(_settings_text(request, each))}
        for each in phones.order_by("actor__display_name")
    ]
    address = base_url(request)
    context = frame(
        request,
        found,
        "people",
        rows=rows,
        address=address,
        unreachable=is_this_machine_only(address),
    )
    return render(request, "dashboard/phone_sheets.html", context)


@require_http_methods(["GET", "POST"])
@page
def revoke(request: HttpRequest, project_id: int, phone_id: int) -> HttpResponseBase:
    found = _phone(request, project_id, phone_id)
    if request.method == "POST":
        accounts.revoke_app_user(actor(request), found)
        messages.success(request, gettext("Đã thu hồi. Điện thoại ấy không gửi được nữa."))
        return redirect("phone", project_id, phone_id)
    context = frame(request, found.project, "people", phone=found, action="revoke")
    return render(request, "dashboard/phone_confirm.html", context)


@require_http_methods(["GET", "POST"])
@page
def reissue(request: HttpRequest, project_id: int, phone_id: int) -> HttpResponseBase:
    found = _phone(request, project_id, phone_id)
    if request.method == "POST":
        accounts.reissue_app_user_token(actor(request), found)
        messages.success(request, gettext("Đã cấp mã mới. Mã cũ không dùng được nữa."))
        return redirect("phone", project_id, phone_id)
    context = frame(request, found.project, "people", phone=found, action="reissue")
    return render(request, "dashboard/phone_confirm.html", context)


@require_POST
@page
def values(request: HttpRequest, project_id: int, phone_id: int) -> HttpResponseBase:
    """The values by which the rules of entity lists choose what the phone gets."""
    found = _phone(request, project_id, phone_id)
    names = ActorProperty.objects.filter(project=found.project).values_list("name", flat=True)
    said = {
        name: request.POST[f"value:{name}"].replace("\x00", "")
        for name in names
        if f"value:{name}" in request.POST
    }
    actor_values.set_values(actor(request), found, said)
    messages.success(request, gettext("Đã lưu giá trị lọc. Điện thoại nhận ở lần cập nhật sau."))
    return redirect("phone", project_id, phone_id)


@require_POST
@page
def assign(request: HttpRequest, project_id: int, phone_id: int) -> HttpResponseBase:
    """Give and take forms, as the checkboxes stand."""
    found = _phone(request, project_id, phone_id)
    wanted = set(request.POST.getlist("form"))
    for form in Form.objects.filter(project=found.project, deleted_at=None):
        change = accounts.assign_form if str(form.pk) in wanted else accounts.unassign_form
        change(actor(request), form, found)
    messages.success(request, gettext("Đã lưu biểu mẫu của điều tra viên."))
    return redirect("phone", project_id, phone_id)


def _settings_text(request: HttpRequest, found: AppUser) -> str:
    return accounts.settings_qr_text(found, base_url(request), _name_on_phone(found.project))


def _name_on_phone(project: Project) -> str:
    """What Collect calls the project: the newest round, else the project."""
    newest = Round.objects.filter(project=project).order_by("-starts_on", "-pk").first()
    return newest.name_vi if newest else project.name
