"""What all tests share: fresh blob folders, plain static files, a server for the flow tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from tests.server import RunningServer


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path) -> None:
    settings.BLOB_ROOT = tmp_path / "blobs"
    settings.ARTEFACT_ROOT = tmp_path / "artefacts"
    settings.STATIC_ROOT = tmp_path / "static"  # whitenoise warns where there is none
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        # pages render without a collectstatic before
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A real server on an empty home, once per database and session."""
    running = RunningServer.prepare(tmp_path_factory.mktemp("home"), str(request.param))
    running.start()
    yield running
    running.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about the other database."""
    if connection.vendor != "sqlite":
        other = [item for item in items if item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if item not in other]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With NO_SKIPS=1 (continuous integration) a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("NO_SKIPS: tests were skipped, see above", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
