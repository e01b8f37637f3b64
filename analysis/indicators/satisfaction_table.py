"""Indicators of form B (citizen satisfaction): the table, and nothing that computes."""

from __future__ import annotations

from typing import Final

from analysis.indicators.satisfaction_items import (
    ADULTS,
    DUE,
    FACTORS,
    ITEMS,
    POLICY_ITEMS,
    ROUND_ONLY,
    RULE_SATISFIED,
    SENDERS,
    USERS,
    USERS_COMMUNE,
    USERS_OTHER,
    USERS_PROVINCE,
    VOICE_ITEMS,
    WAITED,
)
from analysis.indices.definition import Base, Definition, Kind, Part, Source, Unit, Weight


def _equal(columns: tuple[str, ...], share: float = 1.0) -> tuple[Part, ...]:
    return tuple(Part(column, 100 * share / len(columns)) for column in columns)


def _sat(items: tuple[str, ...], suffix: str = "") -> tuple[str, ...]:
    return tuple(f"item_sat_{item}{suffix}" for item in items)


def _user_parts(suffix: str) -> tuple[Part, ...]:
    """Five factors with equal weights; F5a is the users' share who know where to comment."""
    fifth = 1 / (len(FACTORS) + 1)
    parts = [part for factor in FACTORS for part in _equal(_sat(factor.items, suffix), fifth)]
    return (*parts, Part(f"voice_know_users{suffix}", 100 * fifth))


def _b(
    indicator: str,
    vi: str,
    en: str,
    base: Base,
    rule: str,
    *,
    kind: Kind = Kind.SHARE,
    unit: Unit = Unit.SHARE,
    scale: float = 1.0,
    parts: tuple[Part, ...] = (),
    round_only: bool = False,
    is_sensitive: bool = False,
) -> Definition:
    return Definition(
        indicator,
        vi,
        en,
        Source.SATISFACTION,
        base,
        Weight.RESPONDENT,
        rule,
        kind=kind,
        unit=unit,
        scale=scale,
        parts=parts,
        round_only=round_only,
        is_sensitive=is_sensitive,
    )


def _index(
    indicator: str,
    vi: str,
    en: str,
    base: Base,
    *,
    parts: tuple[Part, ...],
    rule: str,
    round_only: bool = False,
) -> Definition:
    return _b(
        indicator,
        vi,
        en,
        base,
        rule,
        kind=Kind.INDEX,
        unit=Unit.SCORE,
        parts=parts,
        round_only=round_only,
    )


def _items() -> tuple[Definition, ...]:
    shares = (
        _b(
            f"item_sat_{item.name}",
            item.vi,
            item.en,
            item.base,
            RULE_SATISFIED,
            round_only=item.name in ROUND_ONLY,
        )
        for item in ITEMS
    )
    means = (
        _b(
            f"mean_score_{item.name}",
            f"{item.vi} (điểm trung bình 1–5)",
            f"{item.en} (mean score 1–5)",
            item.base,
            "weighted mean of 1–5",
            kind=Kind.SCORE,
            unit=Unit.POINTS,
            round_only=item.name in ROUND_ONLY,
        )
        for item in ITEMS
    )
    return (*shares, *means)


def _score(indicator: str, vi: str, en: str, base: Base, rule: str) -> Definition:
    return _b(indicator, vi, en, base, rule, unit=Unit.SCORE, scale=100)


_SAT_RULE = "mean of the four factors and the users' voice_know, equal weights; all five needed"
_FACTOR_RULE = "mean over the fixed items of 100 × the share satisfied, each item on its own base"

SATISFACTION: Final[tuple[Definition, ...]] = (
    _index(
        "sat_users",
        "Chỉ số hài lòng của người làm giấy tờ",
        "Satisfaction index of users",
        USERS,
        parts=_user_parts(""),
        rule=_SAT_RULE,
    ),
    *(
        _index(f.id, f.vi, f.en, USERS, parts=_equal(_sat(f.items)), rule=_FACTOR_RULE)
        for f in FACTORS
    ),
    _score(
        "voice_know",
        "Biết nơi gửi góp ý, phản ánh",
        "Knows where to send comments",
        ADULTS,
        "100 × share of f5_know = yes",
    ),
    _score(
        "voice_know_users",
        "Biết nơi gửi góp ý, phản ánh (người làm giấy tờ)",
        "Knows where to send comments (users)",
        USERS,
        "100 × share of f5_know = yes among users",
    ),
    _index(
        "voice_handled",
        "Giải quyết góp ý, phản ánh",
        "Dealing with comments and reports",
        SENDERS,
        parts=_equal(_sat(VOICE_ITEMS)),
        rule=_FACTOR_RULE,
        round_only=True,
    ),
    *(
        _index(
            f"sat_users_{name}",
            f"Chỉ số hài lòng: {base.vi}",
            f"Satisfaction index: {base.en}",
            base,
            parts=_user_parts(f"_{name}"),
            rule=_SAT_RULE,
        )
        for name, base in (
            ("commune", USERS_COMMUNE),
            ("province", USERS_PROVINCE),
            ("other", USERS_OTHER),
        )
    ),
    *(
        _score(
            f"factor_{factor.number}_overall",
            f"{factor.vi}: câu hỏi chung",
            f"{factor.en}: the overall question",
            USERS,
            f"100 × share of 4, 5 on f{factor.number}_0",
        )
        for factor in FACTORS
    ),
    _score(
        "sat_overall",
        "Hài lòng chung về cách phục vụ của xã, phường",
        "Satisfied with the service of the commune, all in all",
        ADULTS,
        "100 × share of 4, 5 on overall",
    ),
    _index(
        "policy_sat",
        "Hài lòng về việc làm của xã, phường",
        "Satisfied with what the commune does",
        ADULTS,
        parts=_equal(_sat(POLICY_ITEMS)),
        rule=_FACTOR_RULE,
    ),
    *_items(),
    _b(
        "extra_paid",
        "Có đưa thêm tiền hay quà ngoài phí",
        "Gave money or a gift beyond the fee",
        USERS,
        "pay_x in asked, own",
        is_sensitive=True,
    ),
    _b(
        "extra_hinted",
        "Bị gợi ý đưa thêm tiền hay quà",
        "Was hinted to give beyond the fee",
        USERS,
        "pay_x in hint, asked",
        is_sensitive=True,
    ),
    _b(
        "extra_paid_list",
        "Đưa thêm tiền hay quà (câu hỏi gián tiếp)",
        "Gave beyond the fee (list question)",
        USERS,
        "mean(list_b) − mean(list_a)",
        kind=Kind.INDEX,
        parts=(Part("list_b_count", 1.0), Part("list_a_count", -1.0)),
        round_only=True,
        is_sensitive=True,
    ),
    _b(
        "wait_30",
        "Đợi từ 30 phút trở lên",
        "Waited 30 minutes or more",
        WAITED,
        "svc_wait in w30, w60",
    ),
    _b(
        "on_time_self",
        "Nhận kết quả đúng hoặc trước hẹn (theo người dân)",
        "Result on time (as users say)",
        DUE,
        "(once, early, on) among (once, early, on, late, over); pending, no date are outside",
    ),
)
