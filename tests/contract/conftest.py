"""Fixtures of the contract tests of `/v1` and `/api`."""

import pytest

from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()
