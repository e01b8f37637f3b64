"""The rule of the case, as scripted cases: each line is visits and what they amount to."""

from datetime import UTC, datetime, timedelta

import pytest

from surveys.fieldwork.case_rule import (
    Conflict,
    Decision,
    Draw,
    Ruling,
    Status,
    VisitFacts,
    case_outcome,
)
from surveys.fieldwork.dispositions import DISPOSITIONS

START = datetime(2026, 3, 2, tzinfo=UTC)


def visits(*codes: str) -> list[VisitFacts]:
    """One visit a day; `-` after an interview's code: it does not reach the minimum."""
    return [
        VisitFacts(
            submission_id=number,
            visited_at=START + timedelta(days=number),
            disposition=code.rstrip("-"),
            reaches_minimum=not code.endswith("-"),
            sender_id=1,
        )
        for number, code in enumerate(codes, 1)
    ]


def seen(given: list[VisitFacts], ruling: Ruling, chosen: int | None = None) -> Decision:
    return Decision(ruling, frozenset((v.submission_id, v.code) for v in given), chosen)


@pytest.mark.parametrize(
    ("codes", "record", "disposition", "status"),
    [
        ((), None, "311", "open"),
        (("110",), 1, "110", "final"),
        (("110", "110"), 2, "110", "final"),
        (("110", "224"), 1, "110", "final"),
        (("2111", "110"), 2, "110", "final"),
        (("120",), 1, "120", "open"),
        (("120", "120"), 2, "120", "open"),
        (("120", "224", "240", "225"), 1, "120", "final"),
        (("120", "110"), 2, "110", "final"),
        (("110", "120"), 1, "110", "final"),
        (("120-",), None, "212", "review"),
        (("110-",), None, "212", "review"),
        (("212",), None, "212", "review"),
        (("224",), None, "224", "open"),
        (("224", "225"), None, "225", "open"),
        (("224", "225", "224", "223"), None, "223", "final"),
        (("2111",), None, "2111", "review"),
        (("2111", "224"), None, "2111", "review"),
        (("2111", "224", "224", "224"), None, "2111", "final"),
        (("2111", "2112"), None, "2112", "review"),
        (("240", "224"), None, "240", "open"),
        (("232", "240"), None, "240", "open"),
        (("318", "224"), None, "224", "open"),
        (("318",), None, "318", "review"),
        (("390", "321"), None, "321", "open"),
        (("460",), None, "460", "review"),
        (("460", "224"), None, "224", "review"),
        (("460", "460", "460", "460"), None, "460", "review"),
        (("460", "2111"), None, "2111", "review"),
        (("460", "110"), 2, "110", "final"),
        (("999",), None, "390", "review"),
        (("?", "?", "?", "?"), None, "390", "review"),
        (("?", "224"), None, "224", "open"),
        (("?", "110"), 2, "110", "final"),
    ],
)
def test_visits_amount_to(
    codes: tuple[str, ...], record: int | None, disposition: str, status: str
) -> None:
    outcome = case_outcome(visits(*codes))
    assert (outcome.submission_id, outcome.disposition, outcome.status) == (
        record,
        disposition,
        status,
    )
    assert outcome.n_visits == len(codes)


@pytest.mark.parametrize(
    ("codes", "disposition"),
    [((), "311"), (("224",), "224"), (("2111",), "2111"), (("460",), "390"), (("120",), "120")],
)
def test_the_end_of_the_round_makes_every_case_final(
    codes: tuple[str, ...], disposition: str
) -> None:
    outcome = case_outcome(visits(*codes), ended=True)
    assert (outcome.disposition, outcome.status) == (disposition, Status.FINAL)


def test_a_confirmed_ineligible_household_leaves_the_sample_before_any_refusal() -> None:
    given = visits("2111", "460")
    outcome = case_outcome(given, seen(given, Ruling.CONFIRMED))
    assert (outcome.disposition, outcome.status) == ("460", "final")
    assert case_outcome(given, seen(given, Ruling.CONFIRMED), ended=True).disposition == "460"


def test_a_confirmed_refusal_is_final_until_a_claim_comes_that_nobody_saw() -> None:
    given = visits("2111")
    word = seen(given, Ruling.CONFIRMED)
    assert case_outcome(given, word).status is Status.FINAL
    assert case_outcome(visits("2111", "460"), word).status is Status.REVIEW


def test_another_visit_opens_the_case_even_after_the_fourth() -> None:
    given = visits("224", "224", "224", "2111")
    word = seen(given, Ruling.REVISIT)
    assert case_outcome(given, word).status is Status.OPEN
    assert case_outcome(visits("224", "224", "224", "2111", "224"), word).status is Status.FINAL


def test_a_second_refusal_after_another_visit_asks_the_supervisor_again() -> None:
    word = seen(visits("2111"), Ruling.REVISIT)
    assert case_outcome(visits("2111"), word).status is Status.OPEN
    assert case_outcome(visits("2111", "224"), word).status is Status.OPEN
    assert case_outcome(visits("2111", "2111"), word).status is Status.REVIEW


def test_a_decision_says_nothing_about_a_visit_edited_to_another_result() -> None:
    word = seen(visits("2111"), Ruling.CONFIRMED)
    outcome = case_outcome(visits("460"), word)
    assert (outcome.disposition, outcome.status) == ("460", Status.REVIEW)


def test_the_record_that_a_supervisor_chose_counts() -> None:
    given = visits("110", "110", "120")
    outcome = case_outcome(given, seen(given, Ruling.CHOSEN, 1))
    assert (outcome.submission_id, outcome.status) == (1, Status.FINAL)
    chosen_partial = case_outcome(given, seen(given, Ruling.CHOSEN, 3))
    assert (chosen_partial.submission_id, chosen_partial.disposition) == (3, "120")


def test_a_chosen_record_that_is_gone_leaves_the_rule_to_decide() -> None:
    given = visits("110", "110")
    assert case_outcome(given, seen(given, Ruling.CHOSEN, 99)).submission_id == 2


def test_two_completes_by_different_senders_are_flagged_and_the_latest_counts() -> None:
    first, second = visits("110", "110")
    other = VisitFacts(second.submission_id, second.visited_at, "110", "", True, sender_id=2)
    outcome = case_outcome([first, other])
    assert outcome.conflicts == (Conflict.TWO_PEOPLE,)
    assert outcome.submission_id == other.submission_id
    settled = case_outcome([first, other], seen([first, other], Ruling.CHOSEN, 1))
    assert settled.conflicts == ()


def drawn(number: int, draw: Draw | None, code: str = "110", sender: int = 1) -> VisitFacts:
    moment = START + timedelta(days=number)
    return VisitFacts(number, moment, code, "start", True, sender_id=sender, draw=draw)


def test_with_a_drawn_person_the_sender_does_not_matter_but_the_person_does() -> None:
    same = [drawn(1, Draw(1, 2, "f", 1970)), drawn(2, Draw(1, 2, "f", 1970), sender=2)]
    assert case_outcome(same, kish_u=0.1, is_drawn=True).conflicts == ()
    other = [drawn(1, Draw(1, 2, "f", 1970)), drawn(2, Draw(1, 2, "f", 1988))]
    assert Conflict.TWO_PEOPLE in case_outcome(other, kish_u=0.1, is_drawn=True).conflicts


@pytest.mark.parametrize(
    ("kish_u", "line", "n18", "is_right"),
    [
        (0.0, 1, 5, True),
        (0.999999, 5, 5, True),
        (0.5, 2, 2, True),
        (0.5, 1, 2, False),
        (0.4, 2, 3, True),
    ],
)
def test_the_drawn_line_is_recomputed(kish_u: float, line: int, n18: int, is_right: bool) -> None:
    outcome = case_outcome([drawn(1, Draw(line, n18))], kish_u=kish_u, is_drawn=True)
    assert (Conflict.DRAW_MISMATCH not in outcome.conflicts) is is_right


def test_a_changed_draw_is_flagged_and_the_first_one_stands() -> None:
    given = [drawn(1, Draw(1, 2, "f", 1970), "240"), drawn(2, Draw(1, 3, "f", 1988))]
    outcome = case_outcome(given, kish_u=0.1, is_drawn=True)
    assert outcome.draw == Draw(1, 2, "f", 1970)
    assert outcome.conflicts == (Conflict.DRAW_CHANGED,)


def test_a_birth_year_that_was_erased_contradicts_nobody() -> None:
    given = [drawn(1, Draw(1, 2, "f", 1970)), drawn(2, Draw(1, 2))]
    assert case_outcome(given, kish_u=0.1, is_drawn=True).conflicts == ()


@pytest.mark.parametrize(("contact", "is_flagged"), [("refuse", True), ("none", False)])
def test_ineligible_after_a_contact_is_flagged(contact: str, is_flagged: bool) -> None:
    first, second = visits("2111", "460")
    met = VisitFacts(first.submission_id, first.visited_at, "2111", contact)
    flags = case_outcome([met, second]).conflicts
    assert (Conflict.CONTACT_THEN_INELIGIBLE in flags) is is_flagged


def test_the_table_has_the_twenty_two_codes_in_both_languages() -> None:
    assert len(DISPOSITIONS) == 22
    assert all(each.vi and each.en for each in DISPOSITIONS.values())


def test_a_chosen_record_that_an_edit_turned_into_a_claim_waits_again() -> None:
    given = visits("460")
    chosen = Decision(Ruling.CHOSEN, frozenset({(1, "110")}), 1)
    assert case_outcome(given, chosen).status is Status.REVIEW
    assert case_outcome(given, chosen, ended=True).disposition == "390"
