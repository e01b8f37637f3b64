"""Fixtures of the contract tests of `/v1` and `/api`."""

from copy import deepcopy

import pytest

from tests.cast import Cast, make_cast
from tests.page_world import World, make_world


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def _made_world(kept: None) -> World:
    return make_world()


@pytest.fixture
def world(_made_world: World) -> World:
    """The world of the pages: made once for a module, as new for each of its tests."""
    return deepcopy(_made_world)
