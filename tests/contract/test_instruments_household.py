"""Form A in JavaRosa, visit by visit: what is asked, what is refused, what the record then says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from forms.records import RecordRow, flatten
from tests import instruments, javarosa

pytestmark = [
    pytest.mark.java,
    pytest.mark.skipif(not javarosa.is_available(), reason="no JDK on this machine"),
]

YEAR = (datetime.now(UTC) + timedelta(hours=7)).year

VISIT = {"int_affil": "village", "int_local": "yes", "psu": "p1", "hh": "h1"}
MET = {**VISIT, "contact": "start", "resp_ok": "yes", "consent": "yes", "disp": "110"}
# Respondent, her mother, a sixteen-year-old, and a small child whose year nobody knows.
ROSTER = {
    "hh_size": "4",
    "m_call#1": "BIMAT1",
    "m_call#2": "BIMAT2",
    "m_sex": "f",
    "m_by#1": "1980",
    "m_rel#1": "head",
    "m_by#2": "1945",
    "m_rel#2": "parent",
    "m_by#3": str(YEAR - 16),
    "m_rel#3": "child",
    "m_by#4": "",
    "m_band#4": "b0",
    "m_rel#4": "child",
    "list_ok": "ok",
}
PERSONS = {
    "a_by#1": "self",
    "a_by#2": "proxy",
    "a_by#3": "self",
    "a_gagree": "yes",
    "a_agree": "yes",
    "a_phone": "smart",
    "a_phone#2": "none",
    "a_net3m": "yes",
    "a_net3m#2": "no",
    "a_bank": "no",
    "a_bank#1": "yes",
    "a_wallet": "no",
    "a_vneid": "none",
    "a_vneid#1": "own",
    "a_need": "yes",
    "a_who": "self",
    "a_how": "guided",
    "a_help": "vneid",
    "a_cons_contact": "yes",
}
COMPLETE = {**MET, **ROSTER, **PERSONS}
CORE_OF_PERSON_1 = {
    "a_by#1": "self",
    "a_phone#1": "smart",
    "a_net3m#1": "yes",
    "a_bank#1": "yes",
    "a_wallet#1": "no",
    "a_vneid#1": "own",
}
# After the five core items nothing more is answered: the person had to leave.
LEFT = dict.fromkeys(
    (
        *("a_by", "a_phone", "a_net3m", "a_bank", "a_wallet", "a_vneid", "a_educ", "a_limit"),
        *("a_share", "a_netfreq", "a_skill", "a_nobank", "a_epay", "a_need", "a_who", "a_how"),
        *("a_fee", "a_barrier", "a_help", "a_helpch", "hh_net", "hh_signal", "hh_biz", "hh_qr"),
        *("hh_poor", "hh_team", "int_lang", "int_priv"),
    ),
    "",
)


def visit(*scripts: Mapping[str, str], **one: str) -> javarosa.Filled:
    """One visit; later scripts and keywords change the earlier ones."""
    script: dict[str, str] = {}
    for each in (*scripts, one):
        script.update(each)
    form = instruments.published("hh_digital")
    return javarosa.fill_cases(form, instruments.LISTS, 1, 7, [script])[0]


def rows(filled: javarosa.Filled) -> tuple[RecordRow, ...]:
    return flatten(instruments.schema("hh_digital"), filled.xml)


def root(filled: javarosa.Filled, column: str) -> str | None:
    return rows(filled)[0].values.get(column)


@pytest.fixture(scope="module")
def complete() -> javarosa.Filled:
    return visit(COMPLETE)


class TestComplete:
    def test_it_can_be_sent_and_closes_the_household(self, complete: javarosa.Filled) -> None:
        assert (complete.blocked, complete.refused) == ("", ())
        assert root(complete, "g_close/e_st") == "final"
        assert root(complete, "g_id/visit_no") == "1"

    def test_it_offers_households_that_are_not_finished(self, complete: javarosa.Filled) -> None:
        assert complete.shown["hh"] == ("h1", "h3", "h4")

    def test_it_counts_the_household(self, complete: javarosa.Filled) -> None:
        counts = [root(complete, f"g_roster/{name}") for name in ("n_a15", "n_a18", "n_head")]
        assert counts == ["3", "2", "1"]

    def test_it_asks_a_proxy_the_five_core_items_alone(self, complete: javarosa.Filled) -> None:
        assert "a_vneid#2" in complete.shown
        assert "a_educ#2" not in complete.shown

    def test_it_asks_guardian_and_minor_for_consent(self, complete: javarosa.Filled) -> None:
        assert {"a_gagree#3", "a_agree#3"} <= complete.shown.keys()
        assert "a_cons_contact#3" not in complete.shown  # no phone number of a minor
        assert "a_agree#1" not in complete.shown  # person 1 gave consent for the interview

    def test_it_asks_nothing_about_children(self, complete: javarosa.Filled) -> None:
        assert "a_by#4" not in complete.shown

    def test_it_keeps_no_call_name(self, complete: javarosa.Filled) -> None:
        assert b"BIMAT" not in complete.xml

    def test_its_rows_are_one_per_member_and_person(self, complete: javarosa.Filled) -> None:
        tables = [row.table for row in rows(complete)]
        assert [tables.count(name) for name in ("", "member", "person")] == [1, 4, 4]

    def test_it_says_to_which_words_the_person_agreed(self, complete: javarosa.Filled) -> None:
        version = root(complete, "g_consent/consent_version")
        assert version is not None
        assert version.encode() in instruments.published("hh_digital")
        assert root(complete, "g_consent/consent_at")

    def test_it_reloads_without_a_complaint(self, complete: javarosa.Filled) -> None:
        form = instruments.published("hh_digital")
        assert javarosa.check(form, instruments.LISTS, [complete.xml]) == [[]]


class TestRefusal:
    def test_a_refusal_offers_its_code_alone_and_asks_nothing_more(self) -> None:
        refused = visit(MET, consent="no", disp="110")
        assert refused.shown["disp"] == ("2111",)
        assert refused.not_offered == ("disp",)
        assert not {"gps", "hh_size"} & refused.shown.keys()

    def test_a_refusal_goes_to_the_supervisor(self) -> None:
        refused = visit(MET, consent="no", disp="2111")
        assert (refused.blocked, root(refused, "g_close/e_st")) == ("", "review")
        assert root(refused, "g_consent/consent_at") in (None, "")


@pytest.mark.parametrize(
    ("contact", "offered"),
    [
        ("later", "240"),
        ("none", "223 224"),
        ("noadult", "225"),
        ("refuse", "2111"),
        ("unable", "232 236"),
        ("lang", "233"),
        ("notfound", "318"),
        ("unsafe", "317"),
        ("unsure", "321 390"),
        ("ineligible", "410 450 460 470"),
    ],
)
def test_each_arrival_offers_its_codes(contact: str, offered: str) -> None:
    filled = visit(VISIT, contact=contact, disp="*")
    assert (filled.shown["disp"], filled.blocked) == (tuple(offered.split()), "")


class TestLaterVisits:
    def test_the_fourth_visit_without_contact_is_the_last(self) -> None:
        fourth = visit(VISIT, hh="h3", contact="none", disp="224")
        assert (root(fourth, "g_id/visit_no"), root(fourth, "g_close/e_st")) == ("4", "final")

    def test_an_appointment_keeps_the_household_open(self) -> None:
        assert root(visit(VISIT, contact="later", disp="240"), "g_close/e_st") == "open"

    def test_a_household_under_review_can_be_visited(self) -> None:
        assert root(visit(VISIT, hh="h4", contact="later", disp="240"), "g_id/hh") == "h4"

    def test_a_finished_household_cannot_be_chosen(self) -> None:
        assert visit(VISIT, hh="h2", contact="none", disp="224").not_offered == ("hh",)

    def test_an_edit_is_no_visit_and_keeps_the_answers(self) -> None:
        sent = visit(COMPLETE)
        edited = javarosa.fill_cases(
            instruments.published("hh_digital"),
            instruments.LISTS_LATER,
            1,
            8,
            [{"remark": "sửa"}],
            reopened=sent.xml,
        )[0]
        assert edited.blocked == ""
        for column in ("g_id/hh", "g_id/visit_no", "g_consent/consent_at", "g_close/disp"):
            assert root(edited, column) == root(sent, column)
        assert root(edited, "g_close/remark") == "sửa"
        assert [row.values.get("core/a_phone") for row in rows(edited)] == [
            row.values.get("core/a_phone") for row in rows(sent)
        ]


class TestWrongAnswers:
    def test_it_refuses_the_wrong_reporter(self) -> None:
        wrong = visit(COMPLETE, {"a_by#1": "proxy", "a_by#2": "guardian", "a_by#3": "proxy"})
        assert {"a_by#1", "a_by#2", "a_by#3"} <= set(wrong.refused)

    def test_it_refuses_a_main_respondent_who_is_a_child(self) -> None:
        assert "m_by#1" in visit(COMPLETE, {"m_by#1": str(YEAR - 12)}).refused

    def test_it_refuses_two_heads(self) -> None:
        wrong = visit(COMPLETE, {"m_rel#2": "head"})
        assert ("list_ok" in wrong.refused, wrong.blocked) == (True, "list_ok")

    def test_it_refuses_a_person_under_18_as_the_one_spoken_to(self) -> None:
        assert visit(MET, resp_ok="no").refused == ("resp_ok",)

    def test_it_refuses_answers_that_contradict_each_other(self) -> None:
        wrong = visit(
            COMPLETE,
            {
                "a_who#1": "officer",
                "a_how#1": "alone",
                "a_skill#1": "form none",
                "a_help#1": "vneid",
                "a_tel#1": "123",
            },
        )
        assert {"a_how#1", "a_skill#1", "a_tel#1"} <= set(wrong.refused)


class TestMinors:
    def test_a_minor_who_does_not_agree_is_not_asked(self) -> None:
        filled = visit(COMPLETE, {"a_agree#3": "no"})
        assert ("a_phone#3" in filled.shown, filled.blocked) == (False, "")

    def test_a_guardian_answers_the_core_items(self) -> None:
        filled = visit(COMPLETE, {"a_by#3": "guardian"})
        assert "a_phone#3" in filled.shown
        assert "a_educ#3" not in filled.shown

    @pytest.mark.parametrize(
        ("age", "birthday", "asked"), [(18, "no", True), (18, "yes", False), (15, "yes", True)]
    )
    def test_the_birthday_decides_whether_a_guardian_is_asked(
        self, age: int, birthday: str, asked: bool
    ) -> None:
        filled = visit(COMPLETE, {"m_by#3": str(YEAR - age), "m_bd#3": birthday})
        assert ("a_gagree#3" in filled.shown) is asked

    def test_somebody_who_is_still_14_is_not_asked(self) -> None:
        filled = visit(COMPLETE, {"m_by#3": str(YEAR - 15), "m_bd#3": "no"})
        assert "a_by#3" not in filled.shown

    def test_an_adult_about_whom_nobody_can_answer_closes(self) -> None:
        filled = visit(COMPLETE, {"m_by#3": str(YEAR - 40), "a_by#3": "nobody"})
        assert ("a_phone#3" in filled.shown, filled.blocked) == (False, "")


class TestBreakOff:
    def test_partial_needs_the_core_items_of_person_1(self) -> None:
        assert "disp" in visit(MET, ROSTER, LEFT, disp="120").refused

    def test_a_break_off_can_be_sent_with_open_questions(self) -> None:
        broken = visit(MET, ROSTER, LEFT, disp="212")
        assert (broken.blocked, root(broken, "g_close/e_st")) == ("", "review")

    def test_a_partial_with_the_minimum_stays_open(self) -> None:
        partial = visit(MET, ROSTER, LEFT, CORE_OF_PERSON_1, disp="120")
        assert (partial.blocked, root(partial, "g_close/e_st")) == ("", "open")

    def test_a_complete_needs_every_answer(self) -> None:
        assert visit(MET, ROSTER, LEFT, CORE_OF_PERSON_1, disp="110").blocked
