"""Recoding of form A, on hand-made answers (rules of the table of indicators)."""

import math
from typing import Any

import pandas as pd
import pytest

from analysis.indicators import digital
from analysis.indicators.table import TABLE
from analysis.indices.definition import Kind, Source, Weight

DIGITAL = [each for each in TABLE.values() if each.source is Source.DIGITAL]
GAPS = TABLE["first_gap"].categories

FULL = {
    "m_sex": "f",
    "m_age": 40,
    "m_a18": "1",
    "a_by": "self",
    "a_go": "1",
    "a_phone": "smart",
    "a_net3m": "yes",
    "a_bank": "yes",
    "a_wallet": "no",
    "a_vneid": "own",
    "a_skill": ("form", "attach"),
    "a_epay": "weekly",
    "a_need": "yes",
    "a_who": "self",
    "a_how": "alone",
    "a_fee": "online",
    "a_help": ("pay",),
    "a_limit": "no",
}


def one(**answers: Any) -> dict[str, Any]:
    """The recoded row of a person who can do everything, but for these answers."""
    frame = pd.DataFrame([{**FULL, **answers}])
    row: dict[str, Any] = digital.persons(frame).iloc[0].to_dict()
    return row


def missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


@pytest.mark.parametrize("code", ["dk", "ref", "", None])
@pytest.mark.parametrize(
    ("question", "indicator"),
    [
        ("a_phone", "smartphone_own"),
        ("a_net3m", "net_3m"),
        ("a_bank", "bank_account"),
        ("a_vneid", "vneid_level2"),
        ("a_vneid", "vneid_own"),
        ("a_epay", "epay_30d"),
        ("a_fee", "fee_online"),
        ("a_limit", "limit_any"),
        ("a_how", "filed_online"),
    ],
)
def test_no_answer_is_missing_and_never_zero(
    question: str, indicator: str, code: str | None
) -> None:
    assert missing(one(**{question: code})[indicator])


@pytest.mark.parametrize("code", [("dk",), ("ref",), (), None])
def test_wanting_help_is_missing_where_the_question_has_no_answer(code: Any) -> None:
    # the form's own a_wants says 0 for these
    assert missing(one(a_help=code, a_wants="0")["wants_help"])
    assert one(a_help=("none",))["wants_help"] == 0
    assert one(a_help=("vneid", "dvc"))["wants_help"] == 1


@pytest.mark.parametrize(
    ("code", "level2", "own"),
    [("own", 1, 1), ("other", 1, 0), ("noshow", 0, 0), ("notopen", 0, 0), ("none", 0, 0)],
)
def test_vneid_counts_on_anybodys_phone_and_own_apart(code: str, level2: int, own: int) -> None:
    row = one(a_vneid=code)
    assert (row["vneid_level2"], row["vneid_own"]) == (level2, own)


def test_one_known_failure_settles_a_conjunction_in_both_bounds_but_not_the_printed_value() -> None:
    row = one(a_phone="basic", a_vneid="dk")
    assert missing(row["equipped"])
    assert (row["equipped_low"], row["equipped_high"]) == (0, 0)


def test_a_missing_component_opens_the_bounds() -> None:
    row = one(a_vneid="ref")
    assert missing(row["equipped"])
    assert (row["equipped_low"], row["equipped_high"]) == (0, 1)


def test_one_known_success_settles_a_disjunction_in_both_bounds() -> None:
    row = one(a_bank="yes", a_wallet="dk")
    assert missing(row["account_any"])
    assert (row["account_any_low"], row["account_any_high"]) == (1, 1)
    assert (row["equipped_low"], row["equipped_high"]) == (1, 1)


def test_a_wallet_alone_is_an_account() -> None:
    assert one(a_bank="no", a_wallet="yes")["account_any"] == 1
    assert one(a_bank="no", a_wallet="no")["equipped"] == 0


@pytest.mark.parametrize(
    ("answers", "able"),
    [
        ({}, 1),
        ({"a_vneid": "other"}, 0),
        ({"a_skill": ("form",)}, 0),
        ({"a_skill": ("none",)}, 0),
        ({"a_net3m": "no", "a_skill": None}, 0),
    ],
)
def test_able_needs_own_vneid_and_both_skills(answers: dict[str, Any], able: int) -> None:
    assert one(**answers)["able"] == able


def test_a_skill_question_refused_leaves_able_unknown() -> None:
    row = one(a_skill=("ref",))
    assert missing(row["able"])
    assert (row["able_low"], row["able_high"]) == (0, 1)


def test_who_was_not_online_has_no_skill_and_scores_zero_for_use() -> None:
    row = one(a_net3m="no", a_skill=None)
    assert row["readiness"] == 100 * (0.5 + 1 + 1 + 0) / 4


def test_payment_not_asked_is_zero_only_without_any_account() -> None:
    assert one(a_bank="no", a_wallet="no", a_epay=None)["epay_30d"] == 0
    assert missing(one(a_bank="no", a_wallet="dk", a_epay=None)["epay_30d"])
    assert missing(one(a_bank="yes", a_epay=None)["epay_30d"])


def test_a_proxy_counts_for_core_items_and_not_for_items_of_the_person_himself() -> None:
    row = one(a_by="proxy")
    assert (row["persons_15"], row["persons_18"]) == (1, 1)
    assert (row["self_15"], row["self_18"], row["filers"], row["payers"]) == (0, 0, 0, 0)


def test_somebody_of_whom_nobody_answered_is_a_non_respondent() -> None:
    blank = dict.fromkeys(("a_phone", "a_net3m", "a_bank", "a_wallet", "a_vneid"))
    assert one(a_by="nobody", a_go="0", **blank)["persons_15"] == 0
    assert one(**blank)["persons_15"] == 0
    assert one(**dict.fromkeys(blank, "dk"))["persons_15"] == 1


@pytest.mark.parametrize(
    ("answers", "base", "alone", "online", "helped"),
    [
        ({}, 1, 1, 1, 0),
        ({"a_how": "guided"}, 1, 0, 1, 1),
        ({"a_who": "officer", "a_how": "other"}, 1, 0, 1, 1),
        ({"a_how": "paper"}, 1, 0, 0, 0),
        ({"a_need": "no", "a_who": None, "a_how": None}, 0, math.nan, math.nan, math.nan),
        ({"a_who": "nobody", "a_how": None}, 0, math.nan, math.nan, math.nan),
        ({"a_who": "dk", "a_how": None}, 1, math.nan, math.nan, math.nan),
    ],
)
def test_filing_online_is_alone_plus_helped(
    answers: dict[str, Any], base: int, alone: float, online: float, helped: float
) -> None:
    row = one(**answers)
    assert row["filers"] == base
    found = [row["filed_alone"], row["filed_online"], row["filed_helped"]]
    if base:
        assert found == pytest.approx([alone, online, helped], nan_ok=True)
        assert missing(online) or row["filed_online"] == row["filed_alone"] + row["filed_helped"]


def test_help_with_filing_is_split_by_who_helped() -> None:
    row = one(a_who="team", a_how="other")
    assert row["filed_helped_by__team"] == 1
    assert row["filed_helped_by__family"] == 0


GAP_CASES = [
    ({"a_phone": "basic", "a_net3m": "no", "a_vneid": "none"}, "phone"),
    ({"a_net3m": "no", "a_vneid": "none"}, "internet"),
    ({"a_vneid": "notopen", "a_bank": "no"}, "vneid"),
    ({"a_bank": "no"}, "account"),
    ({}, "done_alone"),
    ({"a_how": "guided"}, "helped_online"),
    ({"a_who": "family", "a_how": "other"}, "helped_online"),
    ({"a_need": "no", "a_who": None, "a_how": None}, "no_need"),
    ({"a_how": "paper"}, "equipped_not_tried"),
    ({"a_who": "nobody", "a_how": None}, "equipped_not_tried"),
]


@pytest.mark.parametrize(("answers", "expected"), GAP_CASES)
def test_the_first_gap_is_the_first_failing_step(answers: dict[str, Any], expected: str) -> None:
    row = one(**answers)
    shares = {gap.id: row[f"first_gap__{gap.id}"] for gap in GAPS}
    assert shares == {gap.id: float(gap.id == expected) for gap in GAPS}
    assert [row[f"first_gap__{gap.id}_low"] for gap in GAPS] == list(shares.values())
    assert [row[f"first_gap__{gap.id}_high"] for gap in GAPS] == list(shares.values())


def test_an_unknown_earlier_step_leaves_the_gap_open_within_its_bounds() -> None:
    row = one(a_phone="dk", a_net3m="no")
    assert missing(row["first_gap__phone"])
    possible = {gap.id for gap in GAPS if row[f"first_gap__{gap.id}_high"] == 1}
    assert possible == {"phone", "internet"}
    assert sum(row[f"first_gap__{gap.id}_low"] for gap in GAPS) == 0


def test_who_is_equipped_but_says_nothing_of_paperwork_has_an_unknown_step() -> None:
    row = one(a_need="ref", a_who=None, a_how=None)
    possible = {gap.id for gap in GAPS if row[f"first_gap__{gap.id}_high"] == 1}
    assert missing(row["first_gap__no_need"])
    assert possible == {"done_alone", "helped_online", "no_need", "equipped_not_tried"}


def household(*members: dict[str, Any], **answers: Any) -> dict[str, Any]:
    people = digital.persons(pd.DataFrame([{**FULL, **member} for member in members]))
    homes = pd.DataFrame([answers or {"hh_biz": "no"}], index=["h1"])
    of = pd.Series(["h1"] * len(people), index=people.index)
    row: dict[str, Any] = digital.households(homes, people, of).loc["h1"].to_dict()
    return row


def test_a_household_is_equipped_by_one_member_and_minors_do_not_count() -> None:
    assert household({}, {"a_phone": "none"})["equipped_hh"] == 1
    row = household({"m_a18": "0", "m_age": 16}, {"a_phone": "none"})
    assert (row["equipped_hh"], row["households_18"]) == (0, 1)


def test_a_member_nobody_answered_for_opens_the_bounds_of_the_household() -> None:
    blank = {"a_by": "nobody", "a_go": "0", "a_phone": None, "a_net3m": None, "a_bank": None}
    absent = {**blank, "a_wallet": None, "a_vneid": None}
    row = household({"a_phone": "none"}, absent)
    assert missing(row["equipped_hh"])
    assert (row["equipped_hh_low"], row["equipped_hh_high"]) == (0, 1)
    settled = household({}, absent)
    assert (settled["equipped_hh_low"], settled["equipped_hh_high"]) == (1, 1)


def test_barriers_are_about_those_who_have_not_filed_alone() -> None:
    row = one(a_how="paper", a_barrier=("hard", "trust"))
    assert [row[f"barrier__{each}"] for each in ("hard", "trust", "cost")] == [1, 1, 0]
    assert row["not_alone_18"] == 1
    assert one()["not_alone_18"] == 0
    assert one(a_how="paper", m_a18="0")["not_alone_18"] == 0
    assert missing(one(a_how="paper", a_barrier=("ref",))["barrier__hard"])


def test_the_place_of_help_is_about_those_who_want_some() -> None:
    row = one(a_helpch="hall")
    assert (row["wanters_18"], row["help_place__hall"], row["help_place__home"]) == (1, 1, 0)
    assert one(a_help=("none",))["wanters_18"] == 0
    assert one(a_help=("ref",))["wanters_18"] == 0
    assert missing(one(a_helpch="dk")["help_place__home"])


def test_shops_are_the_households_that_sell() -> None:
    row = household({}, hh_biz="yes", hh_qr="no")
    assert (row["shops"], row["shop_qr"]) == (1, 0)
    assert missing(household({}, hh_biz="yes", hh_qr="dk")["shop_qr"])


def test_age_comes_from_the_year_or_else_from_the_band() -> None:
    assert one(m_age=16)["age_group"] == "15-17"
    assert one(m_age=None, m_band="b60")["age_group"] == "60+"
    assert one(m_age=59, m_band=None)["age_group"] == "45-59"


def test_every_indicator_of_the_table_has_its_columns() -> None:
    people = digital.persons(pd.DataFrame([FULL]))
    homes = digital.households(
        pd.DataFrame([{"hh_biz": "no"}], index=["h1"]), people, pd.Series(["h1"])
    )
    for definition in DIGITAL:
        frame = homes if definition.weight is Weight.HOUSEHOLD else people
        needed = {*definition.columns, definition.base.id}
        if definition.has_bounds and definition.kind is not Kind.CATEGORIES:
            needed |= {f"{definition.id}_low", f"{definition.id}_high"}
        assert needed <= set(frame.columns), definition.id


def test_a_form_without_a_question_gives_missing_values_and_no_fault() -> None:
    row = digital.persons(pd.DataFrame([{"m_a18": "1", "a_go": "1", "a_phone": "smart"}])).iloc[0]
    assert row["smartphone_own"] == 1
    assert missing(row["limit_any"])


def test_no_rows_give_no_rows() -> None:
    assert len(digital.persons(pd.DataFrame(columns=list(FULL)))) == 0
