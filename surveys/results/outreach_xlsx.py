"""A plan as a workbook to print and to share: by commune, calendar, what it is compared with."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from surveys.results.models import OutreachPlan
from surveys.results.outreach import Wish
from surveys.results.outreach_calendar import half_day, turns_of
from surveys.results.outreach_needs import KIND_NAMES, KINDS
from surveys.results.reading.population import STEP

Pick = Callable[[str, str], str]
PICTURE_WIDTH: Final = 700
GUESSES: Final = {
    "helped": ("Số người giúp được mỗi ngày", "People helped a day"),
    "comes": ("Số người sẽ đến", "People who come"),
}
TRAVEL: Final = {
    "visit": ("mỗi lần đến xã", "for each stay in a commune"),
    "change": ("mỗi lần đổi xã", "for each change of commune"),
}
METHODS: Final = {
    "direct": ("từ câu trả lời của xã", "from the commune's own answers"),
    "grouped": ("của nhóm xã", "of a group of communes"),
    "model": ("từ mô hình", "from a model"),
    "synthetic": ("ước lượng tổng hợp, không có phiếu nào ở xã", "synthetic, no answers there"),
    "": ("chưa có con số", "no figure"),
}


def workbook(plan: OutreachPlan, language: str, picture: bytes | None = None) -> bytes:
    """Sheets in one language, with the map where there is one; every text is a cell of kind text,
    never a formula.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s that only this file needs

    def pick(vi: str, en: str) -> str:
        return en if language == "en" else vi

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    _fill(sheet, pick("Theo xã", "By commune"), _communes(plan, pick))
    _fill(book.create_sheet(), pick("Theo thôn", "By village"), _villages(plan, pick))
    _fill(book.create_sheet(), pick("Lịch", "Calendar"), _calendar(plan, pick))
    _fill(book.create_sheet(), pick("So sánh", "Comparison"), _facts(plan, pick))
    _fill(book.create_sheet(), pick("Kịch bản", "Scenario"), _scenario(plan, pick))
    if picture is not None:
        _picture(book.create_sheet(pick("Bản đồ", "Map"), 1), picture)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _picture(sheet: Any, content: bytes) -> None:
    """The printed map, as wide as a page."""
    from openpyxl.drawing.image import Image  # noqa: PLC0415 - loads Pillow: the worker's alone

    image = Image(io.BytesIO(content))
    high = round(image.height * PICTURE_WIDTH / image.width)
    image.width, image.height = PICTURE_WIDTH, high
    sheet.add_image(image, "A1")
    sheet.page_setup.fitToHeight = 1
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _fill(sheet: Any, title: str, rows: Iterable[Sequence[Any]]) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415 - as above
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - as above

    sheet.title = title
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
            else:
                cell.value = value
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for column in range(1, sheet.max_column + 1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = (
            26 if column == 1 else 15
        )


def rounded(value: float, step: int = 1) -> int:
    """People to the step."""
    return round(value / step) * step


def _communes(plan: OutreachPlan, pick: Pick) -> Iterable[Sequence[Any]]:
    yield [
        pick("Xã, phường", "Commune"),
        pick("Mã", "Code"),
        pick("Ngày đội", "Team-days"),
        *_days_by_kind(pick),
        pick(
            "Người cần giúp (chưa đủ, hoặc đủ mà chưa làm thử)",
            "People in need (not ready, or ready and never tried)",
        ),
        pick("từ", "from"),
        pick("đến", "to"),
        pick("Dự kiến giúp được", "Expected to be reached"),
        pick("từ", "from"),
        pick("đến", "to"),
        pick("Được chọn khi thử lại (%)", "Chosen in redraws (%)"),
        pick("Con số", "Figure"),
    ]
    for row in plan.result["areas"]:
        need, reach = row["need"], row["reach"]
        yield [
            pick(row["vi"], row["en"]),
            row["area"],
            sum(row["days"]),
            *row["days"],
            *_limits(need, STEP),
            *_limits(reach),
            round(100 * row["chosen"]),
            pick(*METHODS[row["method"]]),
        ]


def _days_by_kind(pick: Pick) -> list[str]:
    return [pick(f"Ngày: {KIND_NAMES[kind].vi}", f"Days: {KIND_NAMES[kind].en}") for kind in KINDS]


def _limits(reach: dict[str, float] | None, step: int = 1) -> list[int | None]:
    if reach is None:
        return [None, None, None]
    return [rounded(reach[name], step) for name in ("value", "lower", "upper")]


def _villages(plan: OutreachPlan, pick: Pick) -> Iterable[Sequence[Any]]:
    yield [
        pick("Xã, phường", "Commune"),
        pick("Thứ tự", "Order"),
        pick("Thôn, tổ", "Village"),
        *_days_by_kind(pick),
        pick("Người cần giúp (theo tỷ lệ của xã)", "People in need (by the commune's share)"),
        pick("từ", "from"),
        pick("đến", "to"),
        pick("Giúp được nếu chỉ người trong thôn đến", "Reached if only its own people come"),
        pick("từ", "from"),
        pick("đến", "to"),
        pick("Người đã nhờ giúp", "Asked for help"),
    ]
    names = {row["area"]: pick(row["vi"], row["en"]) for row in plan.result["areas"]}
    order: dict[str, int] = {}
    for row in plan.result.get("visits", []):
        order[row["area"]] = order.get(row["area"], 0) + 1
        yield [
            names[row["area"]],
            order[row["area"]],
            row["name"],
            *row["days"],
            *_limits(row["need"], STEP),
            *_limits(row["reach"]),
            row["requests"],
        ]


def _calendar(plan: OutreachPlan, pick: Pick) -> Iterable[Sequence[Any]]:
    yield [
        pick("Đội", "Team"),
        pick("Từ", "From"),
        pick("Đến hết", "To the end of"),
        pick("Xã, phường", "Commune"),
        pick("Thôn, tổ", "Village"),
        pick("Đi lại (ngày)", "Travel (days)"),
        pick("Việc", "Help"),
        pick("Số ngày", "Days"),
    ]
    for turn in turns_of(plan):
        row = plan.result["areas"][turn.area]
        yield [
            turn.team + 1,
            _moment(turn.start, pick, is_end=False),
            _moment(turn.end, pick, is_end=True),
            pick(row["vi"], row["en"]),
            turn.village,
            turn.travel,
            "; ".join(
                f"{pick(KIND_NAMES[kind].vi, KIND_NAMES[kind].en)} × {n}"
                for kind, n in zip(KINDS, turn.days, strict=True)
                if n
            ),
            sum(turn.days),
        ]


def _moment(at: float, pick: Pick, *, is_end: bool) -> str:
    half = half_day(at, is_end=is_end)
    vi, en = ("sáng", "morning") if half.is_morning else ("chiều", "afternoon")
    return pick(f"ngày {half.day}, {vi}", f"day {half.day}, {en}")


def _facts(plan: OutreachPlan, pick: Pick) -> Iterable[Sequence[Any]]:
    result = plan.result
    yield [pick("Điều", "What"), pick("Người", "People"), pick("từ", "from"), pick("đến", "to")]
    yield [pick("Kế hoạch giúp được", "Reached by the plan"), *_limits(result["reach"])]
    worst = pick("Xã có tỷ lệ thiếu cao nhất trước", "Worst share first")
    equal = pick("Chia đều cho các xã", "Equal split")
    yield [worst, *_limits(result["worst_first"])]
    yield [equal, *_limits(result["equal_split"])]
    yield [pick("Kế hoạch hơn", "Plan over") + f": {worst}", *_limits(result["over_worst_first"])]
    yield [pick("Kế hoạch hơn", "Plan over") + f": {equal}", *_limits(result["over_equal_split"])]
    yield [pick("Thêm một đội", "One more team"), rounded(result["one_more_team"])]
    yield [pick("Thêm một ngày cho mỗi đội", "One more day each"), rounded(result["one_more_day"])]
    yield [pick("Không kế hoạch nào hơn được", "No plan exceeds"), rounded(result["bound"])]
    for each in result.get("what_ifs", []):
        vi, en = GUESSES[each["guess"]]
        name = f"{pick(vi, en)} × {each['factor']:g}"
        yield [f"{name}: {pick('kế hoạch này', 'this plan')}", rounded(each["same"])]
        yield [f"{name}: {pick('kế hoạch tốt nhất', 'the best plan')}", rounded(each["best"])]


def _scenario(plan: OutreachPlan, pick: Pick) -> Iterable[Sequence[Any]]:
    wish = Wish.of(plan.scenario)
    names = {row["area"]: pick(row["vi"], row["en"]) for row in plan.result["areas"]}
    yield [pick("Kịch bản", "Scenario"), plan.name]
    yield [pick("Lần tính số", "Run"), plan.run_id]
    yield [pick("Số đội", "Teams"), wish.teams]
    yield [pick("Số ngày mỗi đội", "Days of each team"), wish.days]
    yield [pick("Ngày đi lại", "Travel days"), wish.travel]
    yield [pick("Tính đi lại", "Travel counts"), pick(*TRAVEL[wish.travel_rule])]
    for kind, value in zip(KINDS, wish.helped, strict=True):
        name = KIND_NAMES[kind]
        yield [pick(f"Người mỗi ngày: {name.vi}", f"People a day: {name.en}"), value]
    yield [pick("Trong số người cần, số đến (%)", "Of those in need, come (%)"), wish.comes]
    yield [pick("Ngày nhiều nhất mỗi xã", "Most days a commune"), wish.most_days]
    yield [pick("Ngày ít nhất mỗi xã", "Fewest days a commune"), wish.least_days]
    yield [
        pick("Phải đến", "To be visited"),
        ", ".join(names.get(code, code) for code in wish.must),
    ]
    yield [
        pick("Không đến", "Not to be visited"),
        ", ".join(names.get(code, code) for code in wish.must_not),
    ]
