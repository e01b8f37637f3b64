"""Managed encryption of a project: switched on once, with a passphrase that is stored nowhere."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dashboard.access import actor, frame, page, project_of
from dashboard.inputs import posted
from dashboard.refusals import sentence
from surveys.collection.encryption import managed
from surveys.collection.models import Key
from surveys.collection.rights import Right


class NewKey(forms.Form):
    """A passphrase, twice, and that its owner knows what it means to lose it."""

    passphrase = forms.CharField(
        label=_("Mật khẩu của khoá"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ít nhất 10 ký tự. Máy chủ không lưu; viết ra giấy và cất trong két."),
    )
    again = forms.CharField(
        label=_("Nhập lại mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    hint = forms.CharField(
        label=_("Gợi ý (ai xuất dữ liệu cũng đọc được)"),
        required=False,
        max_length=managed.LONGEST_HINT,
    )
    understood = forms.BooleanField(
        label=_("Tôi hiểu: quên mật khẩu thì không ai đọc được các phiếu gửi từ nay về sau.")
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("passphrase") != found.get("again"):
            self.add_error("again", gettext("Hai lần nhập không giống nhau. Hãy nhập lại."))
        return found


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@page
def encryption(request: HttpRequest, project_id: int) -> HttpResponseBase:
    found = project_of(request, project_id, Right.MANAGE_FORMS)
    form = NewKey(*posted(request))
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            managed.encrypt_project(actor(request), found, said["passphrase"], said["hint"])
        except managed.EncryptionRefused as refusal:
            form.add_error("passphrase", sentence(refusal))
        else:
            messages.success(
                request, gettext("Đã bật mã hoá. Điện thoại nhận biểu mẫu mới ở lần cập nhật tới.")
            )
            return redirect("encryption", found.pk)
    key = Key.objects.filter(pk=found.key_id or 0).first()
    context = frame(request, found, "project", form=form, key=key)
    return render(request, "dashboard/encryption.html", context)
