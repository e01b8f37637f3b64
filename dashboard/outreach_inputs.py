"""The form of a plan for teams: numbers, and for each commune whether it must be visited."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboard.presentation.figures import words
from surveys.results.outreach import NAME_LENGTH, Wish
from surveys.results.outreach_needs import KIND_NAMES, KINDS, Need

VISIT: Final = "visit-"
FREE, MUST, MUST_NOT = "", "must", "not"


class OutreachInput(forms.Form):
    """Starts from the default scenario, or from that of a plan to change."""

    name = forms.CharField(
        label=_("Tên kịch bản"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Để phân biệt khi so các kịch bản."),
    )
    teams = forms.IntegerField(label=_("Số đội"), min_value=1, max_value=50)
    days = forms.IntegerField(label=_("Số ngày mỗi đội"), min_value=1, max_value=60)
    travel = forms.TypedChoiceField(
        label=_("Đi lại mỗi lần (ngày)"),
        coerce=float,
        choices=[
            ("0", "0"),
            ("0.5", _("nửa ngày")),
            ("1", "1"),
            ("1.5", _("một ngày rưỡi")),
            ("2", "2"),
        ],
    )
    travel_rule = forms.ChoiceField(
        label=_("Tính đi lại"),
        choices=[("visit", _("mỗi lần đến xã")), ("change", _("mỗi lần đổi xã"))],
    )
    most_days = forms.IntegerField(label=_("Ngày nhiều nhất mỗi xã"), min_value=1, max_value=30)
    least_days = forms.IntegerField(
        label=_("Ngày ít nhất mỗi xã"),
        min_value=0,
        max_value=30,
        help_text=_("Công bằng tối thiểu: áp dụng cho mọi xã được phép đến."),
    )

    comes = forms.FloatField(
        label=_("Số người sẽ đến, trong 100 người cần"),
        min_value=0.1,
        max_value=100,
        help_text=_("Khi đội về xã, chỉ một phần người cần giúp tìm đến."),
    )

    def __init__(self, data: Any, *, needs: Sequence[Need], wish: Wish, name: str = "") -> None:
        start = {
            "name": name,
            "teams": wish.teams,
            "days": wish.days,
            "travel": f"{wish.travel:g}",
            "comes": f"{wish.comes:g}",
            "travel_rule": wish.travel_rule,
            "most_days": wish.most_days,
            "least_days": wish.least_days,
        }
        super().__init__(data, initial=start)
        self.needs = needs
        for kind, value in zip(KINDS, wish.helped, strict=True):
            self.fields[kind] = forms.FloatField(
                label=words(KIND_NAMES[kind]), min_value=0, max_value=2000, initial=f"{value:g}"
            )
        choices = [(FREE, _("tuỳ máy tính")), (MUST, _("phải đến")), (MUST_NOT, _("không đến"))]
        for need in needs:
            chosen = MUST if need.code in wish.must else FREE
            self.fields[VISIT + need.code] = forms.ChoiceField(
                label=words(need.name),
                choices=choices,
                required=False,
                initial=MUST_NOT if need.code in wish.must_not else chosen,
            )

    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    def helped(self) -> list[forms.BoundField]:
        return [self[kind] for kind in KINDS]

    def visits(self) -> Iterator[tuple[Need, forms.BoundField]]:
        return ((need, self[VISIT + need.code]) for need in self.needs)

    def wish(self) -> Wish:
        """What was asked for; call when the form is valid."""
        given = self.cleaned_data

        def of(choice: str) -> tuple[str, ...]:
            return tuple(n.code for n in self.needs if given[VISIT + n.code] == choice)

        return Wish(
            teams=given["teams"],
            days=given["days"],
            comes=given["comes"],
            travel=given["travel"],
            travel_rule=given["travel_rule"],
            helped=tuple(float(given[kind]) for kind in KINDS),
            most_days=given["most_days"],
            least_days=given["least_days"],
            must=of(MUST),
            must_not=of(MUST_NOT),
        )
