"""What people say about a boundary file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.results.boundary_upload import Told
from surveys.territory.models import BoundarySet
from surveys.territory.shipped import REFORM


class BoundaryInput(forms.Form):
    """A file and what will be printed on every map drawn from it."""

    file = forms.FileField(
        label=_("Tệp ranh giới"),
        max_length=200,
        help_text=_("GPKG, GeoJSON, GeoParquet, hoặc shapefile nén zip; tối đa 200 MB."),
    )
    source = forms.CharField(
        label=_("Nguồn"),
        max_length=500,
        help_text=_("Cơ quan lập bản đồ; in trên mọi bản đồ."),
    )
    licence = forms.CharField(
        label=_("Quyền sử dụng"),
        max_length=200,
        help_text=_("Giấy phép hoặc văn bản cho phép dùng; in trên mọi bản đồ."),
    )
    quality = forms.ChoiceField(
        label=_("Giá trị của ranh giới"),
        choices=[
            (BoundarySet.Quality.LEGAL.value, _("Ranh giới pháp lý")),
            (BoundarySet.Quality.THIRD_PARTY.value, _("Nguồn bên thứ ba")),
            (BoundarySet.Quality.SCHEMATIC.value, _("Sơ đồ")),
        ],
        initial=BoundarySet.Quality.THIRD_PARTY.value,
    )
    valid_from = forms.DateField(
        label=_("Xã của ngày"),
        initial=REFORM,
        help_text=_("Tệp vẽ các xã của ngày này."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    code_field = forms.CharField(
        label=_("Cột mã xã"),
        required=False,
        max_length=100,
        help_text=_("Để trống: tự tìm theo mã trong cột."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    layer = forms.CharField(
        label=_("Lớp"),
        required=False,
        max_length=100,
        help_text=_("Chỉ cần khi tệp có nhiều lớp vùng."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    crs = forms.CharField(
        label=_("Hệ toạ độ"),
        required=False,
        max_length=100,
        help_text=_("Chỉ cần khi tệp không ghi hoặc ghi sai, ví dụ EPSG:3405 (VN-2000 múi 48)."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_trial = forms.BooleanField(
        label=_("Chỉ thử"),
        required=False,
        help_text=_("Báo cáo sẽ sửa những gì, chưa lưu."),
    )

    def told(self) -> Told:
        """What was said, for the job."""
        said = self.cleaned_data
        return Told(
            valid_from=said["valid_from"].isoformat(),
            source=said["source"],
            licence=said["licence"],
            quality=said["quality"],
            code_field=said["code_field"],
            layer=said["layer"],
            crs=said["crs"],
            is_trial=said["is_trial"],
        )
