"""What holds of the rule of the case for any visits at all."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from surveys.fieldwork.case_rule import (
    Decision,
    Draw,
    Ruling,
    Status,
    VisitFacts,
    case_outcome,
)
from surveys.fieldwork.dispositions import CONTACTS, DISPOSITIONS

START = datetime(2026, 3, 2, tzinfo=UTC)
CODES = sorted(set(DISPOSITIONS) - {"311"})

draws = st.builds(
    Draw,
    line=st.integers(1, 3),
    n18=st.integers(1, 3),
    sex=st.sampled_from("mf"),
    birth_year=st.integers(1960, 1962),
)
facts = st.builds(
    VisitFacts,
    submission_id=st.integers(1, 6),
    visited_at=st.integers(0, 5).map(lambda day: START + timedelta(days=day)),
    disposition=st.sampled_from([*CODES, "999"]),
    contact=st.sampled_from(["", *sorted(CONTACTS)]),
    reaches_minimum=st.booleans(),
    sender_id=st.integers(1, 2),
    draw=st.none() | draws,
)
several = st.lists(facts, max_size=6, unique_by=lambda visit: visit.submission_id)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[VisitFacts], Decision | None]:
    visits = draw(several)
    if not visits or draw(st.booleans()):
        return visits, None
    seen = draw(st.lists(st.sampled_from(visits)))
    pairs = frozenset((visit.submission_id, visit.code) for visit in seen)
    chosen = draw(st.integers(1, 6))
    return visits, Decision(draw(st.sampled_from(list(Ruling))), pairs, chosen)


@given(cases(), st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_the_order_of_arrival_does_not_matter(
    case: tuple[list[VisitFacts], Decision | None], random: object, ended: bool, is_drawn: bool
) -> None:
    visits, decision = case
    shuffled = list(visits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    options = {"ended": ended, "is_drawn": is_drawn, "kish_u": 0.4}
    assert case_outcome(shuffled, decision, **options) == case_outcome(visits, decision, **options)


@given(cases(), st.data())
def test_an_identical_visit_changes_nothing(
    case: tuple[list[VisitFacts], Decision | None], data: st.DataObject
) -> None:
    visits, decision = case
    if visits:
        again = [*visits, data.draw(st.sampled_from(visits))]
        assert case_outcome(again, decision) == case_outcome(visits, decision)


@given(several, facts)
def test_a_record_once_there_is_never_lost_to_a_further_visit(
    visits: list[VisitFacts], further: VisitFacts
) -> None:
    if further.submission_id in {visit.submission_id for visit in visits}:
        return
    before, after = case_outcome(visits), case_outcome([*visits, further])
    assert after.n_visits == before.n_visits + 1
    if before.submission_id is not None:
        assert after.submission_id is not None
    if before.disposition == "110":
        assert (after.disposition, after.status) == ("110", Status.FINAL)


@given(several)
def test_a_record_counts_exactly_when_an_interview_reaches_the_minimum(
    visits: list[VisitFacts],
) -> None:
    outcome = case_outcome(visits)
    interviews = [v for v in visits if v.disposition in ("110", "120") and v.reaches_minimum]
    assert (outcome.submission_id is not None) is bool(interviews)
    assert (outcome.disposition in ("110", "120")) is bool(interviews)


@given(cases())
def test_the_end_of_the_round_leaves_no_case_open_and_no_claim_unconfirmed(
    case: tuple[list[VisitFacts], Decision | None],
) -> None:
    visits, decision = case
    ended = case_outcome(visits, decision, ended=True)
    assert ended.status is Status.FINAL
    if ended.disposition.startswith("4"):
        assert decision is not None
        assert decision.ruling is Ruling.CONFIRMED


@given(several, facts)
def test_a_later_edit_replaces_the_earlier_one(
    visits: list[VisitFacts], edited: VisitFacts
) -> None:
    others = [visit for visit in visits if visit.submission_id != edited.submission_id]
    later = VisitFacts(
        edited.submission_id, edited.visited_at, "110", reaches_minimum=True, sender_id=1, edit=1
    )
    assert case_outcome([*others, edited, later]) == case_outcome([later, *others])
