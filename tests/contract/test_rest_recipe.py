"""`/api/rounds/{id}/recipe/`: the same checks, rights and audit as the page of choices."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from surveys.collection import sign_in
from surveys.collection.models import AuditEvent, User
from surveys.fieldwork.models import Round
from surveys.results.recipe import DEFAULTS, Recipe
from tests.page_world import World

pytestmark = pytest.mark.django_db


def ask(world: World, user: User | None, method: str, said: Any = None) -> Any:
    client = Client()
    if user is not None:
        token = sign_in.open_session(user).token
        client = Client(headers={"Authorization": f"Bearer {token}"})
    path = f"/api/rounds/{world.round.pk}/recipe/"
    if method == "get":
        return client.get(path)
    return getattr(client, method)(path, json.dumps(said), content_type="application/json")


def stored(world: World) -> Recipe:
    return Recipe.of(Round.objects.get(pk=world.round.pk).recipe)


def test_a_manager_reads_changes_and_sets_the_choices(world: World) -> None:
    alice = world.cast.alice
    assert ask(world, alice, "get").json() == DEFAULTS.to_json()
    changed = ask(world, alice, "patch", {"interval": "logit", "targets": {"sat_users": 75}})
    assert changed.status_code == 200
    assert stored(world) == replace(DEFAULTS, interval="logit", targets={"sat_users": 75})
    event = AuditEvent.objects.get(action="round.estimating")
    assert event.details["changed"]["interval"] == ["korn_graubard", "logit"]
    # PUT says all: what it does not name is as usual again
    assert ask(world, alice, "put", {"confidence": 0.9}).json()["interval"] == "korn_graubard"
    assert stored(world) == replace(DEFAULTS, confidence=0.9)


def test_an_analyst_reads_alone_and_others_nothing(world: World) -> None:
    assert ask(world, world.analyst, "get").status_code == 200
    for who in (world.analyst, world.supervisor, world.elsewhere, world.viewer, world.rated):
        assert ask(world, who, "patch", {"interval": "logit"}).status_code == 403
    for who in (world.supervisor, world.elsewhere, world.viewer, world.rated):
        assert ask(world, who, "get").status_code == 403
    assert ask(world, None, "patch", {"interval": "logit"}).status_code == 401
    assert stored(world) == DEFAULTS


@pytest.mark.parametrize(
    "said",
    [
        {"interval": "magic"},
        {"interval": ["logit"]},
        {"covariates": [["urban"]]},
        {"covariates": ["urban", "urban"]},
        {"targets": {"a\u0000b": 3}},
        {"nothing": 1},
        {"seed": 10**400},
        {"compare_with": 999999},
        [],
        "text",
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(world: World, said: Any) -> None:
    answer = ask(world, world.cast.alice, "patch", said)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert stored(world) == DEFAULTS
