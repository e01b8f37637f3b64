"""Why there is no plan for a scenario, in words that say what to relax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.outreach import OutreachRefused, Refusal

_WORDS: Final[Mapping[Refusal, tuple[str, str, str, str]]] = {
    Refusal.NOTHING_KNOWN: (
        "Không còn xã nào vừa có con số vừa được phép đến.",
        "No commune is left that has a figure and may be visited.",
        "Bỏ bớt xã khỏi danh sách không đến, hoặc tính kết quả có con số cho các xã.",
        "Take communes off the list of those not to visit, or run the analysis with figures.",
    ),
    Refusal.BOTH: (
        "Có xã vừa phải đến vừa không được đến: {areas}.",
        "Communes are both to be visited and not to be visited: {areas}.",
        "Chọn một trong hai cho mỗi xã ấy.",
        "Choose one of the two for each of them.",
    ),
    Refusal.UNKNOWN_AREA: (
        "Có xã không thuộc đợt này: {areas}.",
        "Communes are not of this round: {areas}.",
        "Bỏ các mã ấy.",
        "Take these codes out.",
    ),
    Refusal.LEAST_OVER_MOST: (
        "Số ngày ít nhất mỗi xã ({least}) lớn hơn số ngày nhiều nhất ({most}).",
        "The fewest days of a commune ({least}) are more than the most ({most}).",
        "Giảm số ít nhất hoặc tăng số nhiều nhất.",
        "Lower the fewest or raise the most.",
    ),
    Refusal.TOO_FAR: (
        "Đi lại {travel} ngày thì đội có {days} ngày không còn ngày nào để làm việc.",
        "With {travel} days of travel a team of {days} days has no day left to work.",
        "Tăng số ngày của đội hoặc giảm ngày đi lại.",
        "Give the teams more days or shorten the travel.",
    ),
    Refusal.TOO_LITTLE: (
        "Mức tối thiểu và các xã phải đến ({areas} xã) cần {needed} ngày đội kể cả đi lại, chỉ có "
        "{there}.",
        "The minimum and the communes to be visited ({areas}) take {needed} team-days with travel; "
        "there are {there}.",
        "Cần ít nhất {teams} đội, hoặc thêm ngày, hoặc giảm mức tối thiểu, hoặc bớt xã phải đến.",
        "It takes at least {teams} teams, or more days, a lower minimum, or fewer such communes.",
    ),
    Refusal.NO_CALENDAR: (
        "Tổng số ngày đủ, nhưng không chia được thành lịch cho từng đội vì mỗi lần đến đều mất "
        "thời gian đi lại.",
        "There are enough days in sum, but no calendar of each team can be made of them, because "
        "each stay takes travel.",
        "Thêm một ngày cho mỗi đội, thêm một đội, hoặc giảm mức tối thiểu.",
        "Give each team one more day, add a team, or lower the minimum.",
    ),
}


def refusal_row(refused: OutreachRefused, names: Mapping[str, str]) -> dict[str, str]:
    """As the page of a job shows it; codes of communes become names."""
    facts = {key: _said(key, value, names) for key, value in refused.facts.items()}
    vi, en, remedy_vi, remedy_en = (each.format(**facts) for each in _WORDS[refused.reason])
    return {"vi": vi, "en": en, "remedy_vi": remedy_vi, "remedy_en": remedy_en}


def _said(key: str, value: float | str, names: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return ", ".join(names.get(code, code) for code in value.split(", "))
    return f"{value:g}"
