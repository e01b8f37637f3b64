"""`/api/rounds/{id}/recipe/`: how a round is estimated, by the same door as its page."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.openapi.description import described
from api.rest.lookups import object_of, only, round_of, user_of
from surveys.collection import rights
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results import estimating
from surveys.results.recipe import DEFAULTS, Recipe
from surveys.results.stored_settings import SettingRefused

CHOICES = DEFAULTS.to_json()
RULES = (
    "Runs that exist keep theirs; the next one uses these. A choice that cannot be, or does not "
    "fit the round, is refused with 400.141 and nothing is stored. The audit log keeps what was "
    "changed from what."
)


class RoundRecipe(APIView):
    @described(
        "How a round is estimated",
        "Every choice with the value that the next run will use. Analysts and managers read it.",
        answer=CHOICES,
    )
    def get(self, request: Request, round_id: int) -> Response:
        only(request)
        return Response(_stored(_round(request, round_id, Right.RUN_ANALYSIS)).to_json())

    @described(
        "Change some choices of a round",
        f"What is not named stays as it is. {RULES}",
        body={"interval": "logit", "targets": {"sat_users": 75}},
        answer=CHOICES,
    )
    def patch(self, request: Request, round_id: int) -> Response:
        return _chosen(request, round_id, object_of(request))

    @described(
        "Set all choices of a round",
        f"What is not named gets the usual value. {RULES}",
        body=CHOICES,
        answer=CHOICES,
    )
    def put(self, request: Request, round_id: int) -> Response:
        return _chosen(request, round_id, {**CHOICES, **object_of(request)})


def _chosen(request: Request, round_id: int, given: dict[str, Any]) -> Response:
    only(request)
    found = _round(request, round_id, Right.MANAGE_ROUNDS)
    held = estimating.choose(user_of(request).actor, found, given)
    return Response(_stored(held).to_json())


def _round(request: Request, round_id: int, right: Right) -> Round:
    found = round_of(request, round_id)
    rights.require(user_of(request), right, found.project)
    return found


def _stored(round_: Round) -> Recipe:
    """What stands there; a stored setting that nobody knows any more starts from the defaults."""
    try:
        return estimating.recipe_of(round_)
    except SettingRefused:
        return DEFAULTS
