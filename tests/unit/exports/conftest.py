"""The world of made files, for each test."""

import pytest

from tests.cast import make_cast
from tests.export_world import ExportWorld, make_export_world


@pytest.fixture
def world(db: None) -> ExportWorld:
    del db
    return make_export_world(make_cast())
