"""The page "how this round is estimated": who may choose, what is stored, what is refused."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import AuditEvent, User
from surveys.collection.rights import Forbidden
from surveys.fieldwork import rounds
from surveys.fieldwork.models import Round
from surveys.fieldwork.round_facts import RoundFacts
from surveys.results import estimating, runs
from surveys.results.recipe import DEFAULTS, Recipe
from tests.page_world import World

pytestmark = pytest.mark.django_db


def signed_in(user: User | None, language: str = "vi") -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    client.cookies["django_language"] = language
    return client


def posted(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it: a box that is not ticked is not there."""
    values = {**DEFAULTS.to_json(), **changes}
    values.pop("targets")
    return {name: value for name, value in values.items() if value is not False}


def save(world: World, user: User | None, **changes: Any) -> Any:
    address = reverse("estimating", args=[world.round.pk])
    return signed_in(user).post(address, posted(**changes))


def stored(world: World) -> Recipe:
    return Recipe.of(Round.objects.get(pk=world.round.pk).recipe)


def test_a_manager_changes_how_the_round_is_estimated(world: World) -> None:
    answer = save(world, world.cast.alice, interval="logit", confidence="0.9", trim_times="4")
    assert answer.status_code == 302
    assert stored(world) == replace(DEFAULTS, interval="logit", confidence=0.9, trim_times=4.0)


def test_the_audit_says_what_changed_from_what(world: World) -> None:
    save(world, world.cast.alice, lonely_psu="average")
    event = AuditEvent.objects.get(action="round.estimating")
    assert event.actor == world.cast.alice.actor
    assert event.details["changed"] == {"lonely_psu": ["collapse", "average"]}
    save(world, world.cast.alice, lonely_psu="average")
    assert AuditEvent.objects.filter(action="round.estimating").count() == 1


def test_a_box_that_is_not_ticked_says_no(world: World) -> None:
    save(world, world.cast.alice, group_small=False, finite_population=False, covariates=[])
    assert not stored(world).group_small
    assert not stored(world).finite_population
    assert stored(world).covariates == ()


def test_targets_are_kept_as_the_page_says_them(world: World) -> None:
    save(world, world.cast.alice, **{"target-sat_users": "85", "target-sat_overall": ""})
    assert stored(world).targets == {"sat_users": 85.0}


@pytest.mark.parametrize("who", ["supervisor", "elsewhere", "analyst", "viewer", "rated"])
def test_nobody_else_changes_it(world: World, who: str) -> None:
    assert save(world, getattr(world, who), interval="logit").status_code == 403
    assert stored(world) == DEFAULTS
    with pytest.raises(Forbidden):
        estimating.choose(getattr(world, who).actor, world.round, {"interval": "logit"})


def test_an_anonymous_visitor_is_asked_to_sign_in(world: World) -> None:
    answer = save(world, None, interval="logit")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")
    assert stored(world) == DEFAULTS


def test_an_analyst_reads_it_and_finds_no_button(world: World) -> None:
    address = reverse("estimating", args=[world.round.pk])
    page = signed_in(world.analyst).get(address).content.decode()
    assert "<fieldset disabled>" in page
    assert "Lưu cách ước lượng" not in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"interval": "magic"}, "magic"),
        ({"replicates": "7"}, "50"),
        ({"replicates": "nhiều"}, "errorlist"),
        ({"trim_times": "1.1"}, "1.5"),
        ({"compare_with": "999999"}, "999999"),
        ({"target-sat_users": "140"}, "100"),
        ({"publication": "nchs", "interval": "logit"}, "Korn–Graubard 95 %"),
        ({"small_area": "arcsine", "covariates": ["urban", "villages"]}, "ít nhất 6 xã"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    world: World, changes: dict[str, Any], said: str
) -> None:
    answer = save(world, world.cast.alice, **changes)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert stored(world) == DEFAULTS


def test_a_round_compares_with_an_earlier_one_of_its_project_alone(world: World) -> None:
    facts = RoundFacts(
        name_vi="Đợt 2025",
        name_en="Round of 2025",
        sponsor="S",
        decision_number="1",
        field_agency="F",
        controller="C",
        contact_line="L",
        retention_date=date(2027, 1, 1),
        frame_date=date(2025, 1, 1),
        starts_on=date(2025, 9, 1),
        ends_on=date(2025, 10, 1),
    )
    earlier = rounds.create_round(world.cast.admin.actor, world.cast.project, facts)
    assert save(world, world.cast.alice, compare_with=str(earlier.pk)).status_code == 302
    assert stored(world).compare_with == earlier.pk
    with pytest.raises(estimating.EstimatingRefused, match=r"400\.141"):
        estimating.choose(world.cast.admin.actor, earlier, {"compare_with": world.round.pk})


def test_a_run_that_exists_keeps_what_it_used(world: World) -> None:
    before = dict(world.run.recipe)
    save(world, world.cast.alice, interval="wilson")
    world.run.refresh_from_db()
    assert world.run.recipe == before
    page = signed_in(world.cast.alice).get(reverse("estimating", args=[world.round.pk]))
    assert "đã dùng cách khác" in page.content.decode()
    assert runs.start(world.cast.alice.actor, world.round).recipe["interval"] == "wilson"


def test_every_choice_is_explained_in_both_languages(world: World) -> None:
    address = reverse("estimating", args=[world.round.pk])
    vietnamese = signed_in(world.cast.alice).get(address).content.decode()
    english = signed_in(world.cast.alice, "en").get(address).content.decode()
    assert "con số được công bố bị lệch" in vietnamese
    assert "what is published is biased" in english
    assert "How this round is estimated" in english
