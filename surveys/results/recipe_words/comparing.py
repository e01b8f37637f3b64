"""Settings of comparisons."""

from collections.abc import Mapping
from typing import Final

from surveys.results.reading.names import Names
from surveys.results.recipe_words.settings import Section, Setting, Target, option

_ERROR_RATE: Final = Setting(
    "error_rate",
    Names("Tỷ lệ nói sai cho phép", "Error allowed"),
    Names(
        "Trong số các xã được nói là “khác cả đợt”, trung bình nhiều nhất chừng này phần là sai.",
        "Of the communes called “different from the round”, at most this part is wrong on average.",
    ),
    tuple(
        option(value, f"{percent} %", f"{percent} %", vi, en)
        for value, percent, vi, en in (
            (
                "0.01",
                1,
                "Thận trọng: ít xã được nói là khác.",
                "Careful: few are called different.",
            ),
            ("0.05", 5, "Thông dụng.", "Usual."),
            ("0.1", 10, "Rộng hơn: nhiều xã được nói là khác.", "Looser: more are."),
        )
    ),
)
_SAME: Final = Setting(
    "same_within",
    Names("Chênh chưa đến mức này coi như không khác", "A difference below this counts as none"),
    Names(
        "Chỉ nói “không khác” khi khoảng của chênh lệch nằm gọn trong ± mức này; còn lại là “chưa "
        "phân biệt được”.",
        "“No difference” is said only where its interval lies within ± this; else “cannot tell”.",
    ),
    unit=Names("điểm", "points"),
)
_LOWEST: Final = Setting(
    "lowest",
    Names("Xét khả năng nằm trong nhóm thấp nhất gồm", "Chance to be among the lowest"),
    Names(
        "Thay cho xếp hạng: với mỗi xã, khả năng thuộc số xã thấp nhất này.",
        "In place of ranks: for each commune, the chance to be among this many.",
    ),
    unit=Names("xã", "communes"),
)

SECTION: Final = Section(
    "comparing",
    Names("So sánh và chỉ tiêu", "Comparisons and targets"),
    (_ERROR_RATE, _SAME, _LOWEST),
)

# What a round may set itself as a target, by the form that asks for it.
TARGETS: Final[Mapping[str, tuple[Target, ...]]] = {
    "B": (
        Target("sat_users", Names("Chỉ số hài lòng", "Satisfaction index"), is_percent=False),
        Target(
            "sat_overall",
            Names("Hài lòng chung về xã, phường", "Satisfied with the commune, all in all"),
            is_percent=False,
        ),
        Target("factor_place", Names("Nơi làm giấy tờ", "Access to services"), is_percent=False),
        Target("factor_procedure", Names("Thủ tục", "Procedures"), is_percent=False),
        Target("factor_staff", Names("Cán bộ tiếp nhận", "Officials"), is_percent=False),
        Target("factor_result", Names("Kết quả", "Results"), is_percent=False),
    ),
    "A": (
        Target("equipped", Names("Sẵn sàng số", "Digitally equipped"), is_percent=True),
        Target("vneid_level2", Names("VNeID mức 2", "VNeID level 2"), is_percent=True),
        Target("account_any", Names("Có tài khoản hoặc ví", "Account or wallet"), is_percent=True),
        Target("smartphone_own", Names("Điện thoại thông minh", "Smartphone"), is_percent=True),
        Target("net_3m", Names("Dùng Internet", "Internet"), is_percent=True),
    ),
}
