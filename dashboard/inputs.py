"""What people type into the pages. Only the shape is checked here; rules are the rooms' own."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from dashboard.refusals import sentence
from surveys.collection import sign_in
from surveys.collection.models import Role, User
from surveys.fieldwork.models import Round, RoundForm

WORKBOOK_LIMIT = 20_000_000
WRONG_PASSWORD = 401


def posted(request: HttpRequest) -> tuple[QueryDict | None, MultiValueDict[str, Any] | None]:
    """What a form is bound to: nothing while the page is only being looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


class SignIn(forms.Form):
    email = forms.EmailField(
        label=_("Thư điện tử"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        self.address = sign_in.address_of(
            request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", "")
        )
        self.user: User | None = None
        self.status = 200

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("email") and found.get("password"):
            try:
                self.user = sign_in.check_password(found["email"], found["password"], self.address)
            except sign_in.SignInRefused as refusal:
                self.status = int(refusal.code)
                raise forms.ValidationError(sentence(refusal)) from refusal
        return found


class NewPassword(forms.Form):
    """A password that an administrator hands over."""

    password = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ít nhất 10 ký tự."),
    )


class OwnPassword(NewPassword):
    again = forms.CharField(
        label=_("Nhập lại mật khẩu mới"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    current = forms.CharField(
        label=_("Mật khẩu hiện nay"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "again")

    def __init__(self, data: Any, *, request: HttpRequest) -> None:
        super().__init__(data)
        self.address = request.META.get("REMOTE_ADDR", "")
        self.email = cast("User", request.user).email

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        try:
            sign_in.check_password(self.email, current, self.address)
        except sign_in.SignInRefused as refusal:
            raise forms.ValidationError(
                _("Mật khẩu hiện nay không đúng.")
                if int(refusal.code) == WRONG_PASSWORD
                else sentence(refusal)
            ) from refusal
        return current

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"password", "again"} <= set(found) and found["password"] != found["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu mới không giống nhau."))
        return found


class NewProject(forms.Form):
    name = forms.CharField(label=_("Tên dự án"), max_length=200)
    description = forms.CharField(
        label=_("Mô tả"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class FormUpload(forms.Form):
    file = forms.FileField(
        label=_("Tệp biểu mẫu"),
        help_text=_("XLSForm (.xlsx, .xls) hoặc XForm (.xml), tối đa 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xml"}),
    )
    publish = forms.BooleanField(
        label=_("Phát hành ngay"),
        required=False,
        initial=True,
        help_text=_("Bỏ chọn để giữ làm bản nháp và thử trước."),
    )
    rates_authority = forms.BooleanField(
        label=_("Biểu mẫu đánh giá cơ quan xã, phường"),
        required=False,
        help_text=_(
            "Người của cơ quan được đánh giá sẽ không xem được phiếu nào của biểu mẫu này."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith((".xlsx", ".xls", ".xml")):
            raise forms.ValidationError(
                _("Chỉ nhận tệp .xlsx, .xls hoặc .xml. Hãy lưu lại tệp ở một trong các dạng này.")
            )
        if file.size > WORKBOOK_LIMIT:
            raise forms.ValidationError(
                _("Tệp lớn hơn 20 MB. Hãy đưa ảnh và danh sách lớn vào phần tệp kèm theo.")
            )
        return file


class NewPhone(forms.Form):
    display_name = forms.CharField(
        label=_("Họ tên điều tra viên"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RoleInput(forms.Form):
    """One role of the account of an e-mail, whether the account exists or not."""

    email = forms.EmailField(label=_("Thư điện tử"))
    role = forms.ChoiceField(label=_("Vai trò"), choices=())
    everywhere = forms.BooleanField(
        label=_("Ở mọi dự án, cả dự án tạo sau này"),
        required=False,
        help_text=_("Người quản lý mọi dự án tạo được dự án mới."),
    )
    communes = forms.RegexField(
        r"^\s*(\d{5}(\s*,\s*\d{5})*)?\s*$",
        label=_("Chỉ các xã có mã"),
        required=False,
        help_text=_("Mã 5 chữ số, cách nhau bằng dấu phẩy. Để trống: cả dự án."),
        error_messages={"invalid": _("Mã xã gồm 5 chữ số, ví dụ 16228, 16234.")},
    )
    rated_commune = forms.RegexField(
        r"^\d{5}$",
        label=_("Làm việc tại xã được đánh giá (mã)"),
        required=False,
        help_text=_("Người này sẽ không xem được phiếu nào đánh giá cơ quan."),
        error_messages={"invalid": _("Mã xã gồm 5 chữ số, ví dụ 16228, 16234.")},
    )

    def __init__(self, *args: Any, may_everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = ROLES  # type: ignore[attr-defined] # a ChoiceField
        if not may_everywhere:
            del self.fields["everywhere"]

    def clean_communes(self) -> list[str]:
        given = self.cleaned_data["communes"].split(",")
        return [code.strip() for code in given if code.strip()]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("role") == Role.HELPER.value and not found.get("communes"):
            self.add_error("communes", _("Tổ công nghệ số làm ở xã nào? Hãy ghi mã các xã ấy."))
        return found


class NewAccount(RoleInput):
    """Somebody who signs in on these pages, with one role."""

    display_name = forms.CharField(label=_("Họ tên"), max_length=120)
    password = forms.CharField(
        label=_("Mật khẩu ban đầu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Ít nhất 10 ký tự. Trao tận tay người dùng."),
    )
    field_order = ("display_name", "email", "password", "role", "everywhere")


class OneFile(forms.Form):
    file = forms.FileField(label=_("Tệp"))


class RoundFile(forms.Form):
    file = forms.FileField(
        label=_("Tệp .xlsx hoặc .csv"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"})
    )


class RoundFormUpload(forms.Form):
    kind = forms.ChoiceField(label=_("Loại phiếu"), choices=())
    file = forms.FileField(
        label=_("Tệp XLSForm"), widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xml"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined] # a ChoiceField


ROLES = [
    (Role.VIEWER.value, _("người xem kết quả đã công bố")),
    (Role.HELPER.value, _("tổ công nghệ số: người nhờ giúp ở các xã được ghi")),
    (Role.ENUMERATOR.value, _("điều tra viên dùng tài khoản: chỉ thấy phiếu mình gửi")),
    (Role.ANALYST.value, _("cán bộ cải cách: phân tích, báo cáo")),
    (Role.SUPERVISOR.value, _("giám sát viên: duyệt phiếu, quyết định")),
    (Role.MANAGER.value, _("quản lý dự án")),
]
KINDS = [
    (RoundForm.Kind.DIGITAL.value, _("A – Sẵn sàng số của hộ")),
    (RoundForm.Kind.SATISFACTION.value, _("B – Mức độ hài lòng của người dân")),
    (RoundForm.Kind.SLIP.value, _("C1 – Phiếu tại trung tâm")),
    (RoundForm.Kind.PETITION.value, _("C2 – Phản ánh, kiến nghị")),
]
DEFINITIONS = [
    (Round.Definition.USUAL_RESIDENT.value, _("Nhân khẩu thực tế thường trú")),
    (Round.Definition.REGISTERED.value, _("Nhân khẩu đăng ký thường trú")),
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RoundFactsInput(forms.Form):
    """The facts that stand on every output of a round."""

    name_vi = forms.CharField(label=_("Tên đợt (tiếng Việt)"), max_length=200)
    name_en = forms.CharField(label=_("Tên đợt (tiếng Anh)"), max_length=200)
    sponsor = forms.CharField(label=_("Cơ quan chủ trì"), max_length=200)
    decision_number = forms.CharField(label=_("Số quyết định"), max_length=100)
    field_agency = forms.CharField(label=_("Đơn vị điều tra"), max_length=200)
    controller = forms.CharField(label=_("Bên kiểm soát dữ liệu cá nhân"), max_length=200)
    contact_line = forms.CharField(label=_("Điện thoại liên hệ"), max_length=200)
    complaint_office = forms.CharField(
        label=_("Nơi nhận khiếu nại"), max_length=200, required=False
    )
    centre_name = forms.CharField(
        label=_("Tên trung tâm phục vụ hành chính công"), max_length=200, required=False
    )
    frame_date = forms.DateField(label=_("Ngày của dàn mẫu"), widget=DayInput())
    starts_on = forms.DateField(label=_("Ngày bắt đầu"), widget=DayInput())
    ends_on = forms.DateField(label=_("Ngày kết thúc"), widget=DayInput())
    retention_date = forms.DateField(label=_("Giữ dữ liệu cá nhân đến"), widget=DayInput())
    benchmark_definition = forms.ChoiceField(
        label=_("Dân số đối chiếu đếm ai"),
        choices=[("", _("Chưa có")), *DEFINITIONS],
        required=False,
    )
    is_synthetic = forms.BooleanField(label=_("Dữ liệu mô phỏng"), required=False)
