"""Form B in JavaRosa: the draw and who may answer, the routes through the factors, the closing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from forms.records import flatten
from tests import instruments, javarosa

pytestmark = [
    pytest.mark.java,
    pytest.mark.skipif(not javarosa.is_available(), reason="no JDK on this machine"),
]

VISIT = {"int_affil": "village", "int_local": "yes", "psu": "p1", "hh": "h1"}
# kish_u of h1 is 0.62: of four adults the third is drawn.
ADULTS = {
    "contact": "start",
    "n_list": "4",
    "l_by#1": "1940",
    "l_by#2": "1950",
    "l_by#3": "1965",
    "l_by#4": "1990",
    "l_sex": "f",
    "l_sex#1": "m",
    "sel_present": "here",
}
INTERVIEW = {
    "consent": "yes",
    "r_sex": "f",
    "r_by": "1965",
    "used": "self",
    "svc_office": "commune",
    "svc_centre": "c1",
    "svc_ch": "counter",
    "svc_trips": "t2",
    "svc_got": "yes",
    "svc_ontime": "on",
    "f5_sent": "no",
    "overall": "4",
    "expect": "time papers",
    "disp": "110",
}
COMPLETE = {**VISIT, **ADULTS, **INTERVIEW}
# Nothing is answered beyond what a script names.
STOPPED = dict.fromkeys(
    (
        *("r_sex", "r_by", "r_educ", "r_work", "used", "f5_know", "f5_sent", "overall", "expect"),
        *("pol_0", "pol_1", "pol_2", "pol_3", "pol_4", "svc", "svc_office", "svc_ch", "svc_trips"),
        *("svc_got", "svc_extra", "f1_0", "f2_0", "f2_1", "f2_2", "f2_3", "f2_4", "list_a"),
        *("pay_x", "hassle", "who_held", "int_lang", "int_priv"),
    ),
    "",
)


def visit(*scripts: Mapping[str, str], **one: str) -> javarosa.Filled:
    """One visit; later scripts and keywords change the earlier ones."""
    script: dict[str, str] = {}
    for each in (*scripts, one):
        script.update(each)
    form = instruments.published("citizen_sat")
    return javarosa.fill_cases(form, instruments.LISTS, 1, 7, [script])[0]


def root(filled: javarosa.Filled, *columns: str) -> list[str]:
    values = flatten(instruments.schema("citizen_sat"), filled.xml)[0].values
    return [values.get(column, "") for column in columns]


@pytest.fixture(scope="module")
def complete() -> javarosa.Filled:
    return visit(COMPLETE)


class TestComplete:
    def test_it_can_be_sent_and_closes_the_household(self, complete: javarosa.Filled) -> None:
        assert (complete.blocked, complete.refused, complete.not_offered) == ("", (), ())
        assert root(complete, "g_close/e_st", "g_id/visit_no") == ["final", "1"]

    def test_the_draw_follows_the_number_of_the_household(self, complete: javarosa.Filled) -> None:
        assert root(complete, "sel_line", "sel_sex", "sel_by") == ["3", "f", "1965"]
        assert root(complete, "g_close/e_line", "g_close/e_n18") == ["3", "4"]

    def test_it_shows_the_list_of_the_households_arm_alone(self, complete: javarosa.Filled) -> None:
        assert "list_a" in complete.shown
        assert "list_b" not in complete.shown

    def test_it_offers_centres_of_the_office_that_was_named(
        self, complete: javarosa.Filled
    ) -> None:
        assert complete.shown["svc_centre"] == ("c1",)

    def test_it_asks_what_fits_the_way_it_was_handed_in(self, complete: javarosa.Filled) -> None:
        assert {"f1_1", "f3_1", "f4_1"} <= complete.shown.keys()
        assert not {"f1_3", "f4_3", "r_same"} & complete.shown.keys()

    def test_it_reloads_without_a_complaint(self, complete: javarosa.Filled) -> None:
        form = instruments.published("citizen_sat")
        assert javarosa.check(form, instruments.LISTS, [complete.xml]) == [[]]


class TestDrawnPerson:
    def test_refusal_of_the_drawn_person_has_a_code_of_its_own(self) -> None:
        refused = visit(COMPLETE, consent="no", disp="110")
        assert (refused.shown["disp"], refused.not_offered) == (("2112",), ("disp",))
        assert not {"used", "gps"} & refused.shown.keys()

    @pytest.mark.parametrize(
        ("present", "offered", "status"),
        [
            ("sel_away", "225", "open"),
            ("sel_later", "240", "open"),
            ("sel_ill", "232", "open"),
            ("sel_lang", "233", "open"),
            ("sel_refby", "2111", "review"),
            ("sel_dead", "231", "review"),
            ("sel_gone", "236", "open"),
        ],
    )
    def test_whoever_cannot_be_met_is_not_replaced(
        self, present: str, offered: str, status: str
    ) -> None:
        filled = visit(COMPLETE, sel_present=present, disp="*")
        assert (filled.shown["disp"], filled.blocked) == (tuple(offered.split()), "")
        assert root(filled, "g_close/e_st", "g_close/e_line") == [status, "3"]
        assert "consent" not in filled.shown

    def test_the_draw_of_the_first_visit_holds_at_the_next(self) -> None:
        later = visit(COMPLETE, hh="h3", r_sex="m", r_by="1971")
        assert "n_list" not in later.shown
        assert root(later, "sel_line", "sel_sex", "sel_by", "n_a18") == ["2", "m", "1971", "3"]
        assert "list_b" in later.shown
        assert root(later, "g_id/visit_no", "g_close/e_st") == ["4", "final"]

    def test_nobody_home_does_not_wipe_the_draw(self) -> None:
        later = visit(VISIT, hh="h3", contact="none", disp="224")
        assert root(later, "g_close/e_line", "g_close/e_by") == ["2", "1971"]

    def test_somebody_else_may_not_answer(self) -> None:
        other = visit(COMPLETE, r_sex="m", r_by="1990", r_same="else")
        assert ("r_same" in other.refused, other.blocked) == (True, "r_same")

    def test_the_drawn_person_may_correct_the_list(self) -> None:
        assert visit(COMPLETE, r_by="1950", r_same="same").blocked == ""

    def test_a_birth_year_that_is_not_said_is_no_mismatch(self) -> None:
        assert "r_same" not in visit(COMPLETE, r_by="").shown

    def test_adults_are_listed_from_the_oldest(self) -> None:
        assert "l_by#2" in visit(COMPLETE, {"l_by#2": "1930"}).refused

    def test_an_edit_keeps_the_draw_and_the_visit(self, complete: javarosa.Filled) -> None:
        edited = javarosa.fill_cases(
            instruments.published("citizen_sat"),
            instruments.LISTS_LATER,
            1,
            8,
            [{"remark": "sửa"}],
            reopened=complete.xml,
        )[0]
        kept = ("sel_line", "g_id/visit_no", "g_list/n_list", "g_close/disp", "g_main/overall")
        assert edited.blocked == ""
        assert root(edited, *kept) == root(complete, *kept)
        assert root(edited, "g_close/remark") == ["sửa"]


class TestRoutes:
    def test_who_did_it_online_alone_is_asked_about_the_website(self) -> None:
        online = visit(COMPLETE, svc_ch="alone", svc_trips="t0")
        assert "f1_3" in online.shown
        assert not {"f1_1", "f3_1", "svc_wait"} & online.shown.keys()
        assert online.blocked == ""

    def test_who_was_told_of_a_delay_is_asked_about_it(self) -> None:
        assert "f4_3" in visit(COMPLETE, svc_ontime="late", svc_told="yes").shown

    def test_who_has_no_result_yet_is_not_asked_about_it(self) -> None:
        waiting = visit(COMPLETE, svc_got="no", svc_due="pending")
        assert not {"f4_1", "f4_0"} & waiting.shown.keys()
        assert waiting.blocked == ""

    def test_who_did_no_paperwork_is_asked_the_general_questions_alone(self) -> None:
        other = visit(COMPLETE, used="house")
        assert not {"f2_1", "list_a", "pay_x"} & other.shown.keys()
        assert {"overall", "pol_1", "f5_know"} <= other.shown.keys()
        assert other.blocked == ""


class TestWrongAnswers:
    @pytest.mark.parametrize("wishes", ["time papers staff info", "time none"])
    def test_it_refuses_too_many_wishes_and_none_beside_one(self, wishes: str) -> None:
        assert "expect" in visit(COMPLETE, expect=wishes).refused

    def test_it_refuses_the_counter_without_a_trip(self) -> None:
        assert "svc_trips" in visit(COMPLETE, svc_trips="t0").refused

    def test_a_complete_needs_the_overall_question(self) -> None:
        early = visit(VISIT, ADULTS, STOPPED, consent="yes", used="self", disp="110")
        assert "disp" in early.refused


class TestBreakOff:
    def test_a_break_off_can_be_sent_with_open_questions(self) -> None:
        broken = visit(VISIT, ADULTS, STOPPED, consent="yes", used="self", disp="212")
        assert (broken.blocked, root(broken, "g_close/e_st")) == ("", ["review"])

    def test_a_partial_with_the_minimum_stays_open(self) -> None:
        script = {"consent": "yes", "used": "none", "overall": "3", "disp": "120"}
        partial = visit(VISIT, ADULTS, STOPPED, script)
        assert (partial.blocked, root(partial, "g_close/e_st")) == ("", ["open"])

    def test_an_appointment_in_mid_interview_stays_open(self) -> None:
        again = visit(VISIT, ADULTS, STOPPED, consent="yes", used="none", disp="240")
        assert (again.blocked, root(again, "g_close/e_st")) == ("", ["open"])
