"""A fresh project on the running server for each test that asks for `world`."""

import uuid

import pytest

from tests.openrosa_world import World, make_world
from tests.server import RunningServer


@pytest.fixture
def world(server: RunningServer) -> World:
    return make_world(server, f"thử {uuid.uuid4().hex[:8]}")
