"""What all tests share: fresh blob folders, plain static files, a server for the flow tests."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from tests.server import RunningServer


def _apart(folder: Path) -> dict[str, Any]:
    """Settings under which nothing is written but below a folder, and quick ones."""
    made = {name: folder / name.split("_")[0].lower() for name in ("BLOB_ROOT", "ARTEFACT_ROOT")}
    static = folder / "static"  # whitenoise warns where there is none
    static.mkdir()
    return {
        **made,
        "STATIC_ROOT": static,
        "STORAGES": {
            **project_settings.STORAGES,
            # pages render without a collectstatic before
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }


@pytest.fixture(autouse=True)
def _own_folders(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if "kept" not in request.fixturenames:
        for name, value in _apart(tmp_path).items():
            setattr(settings, name, value)


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Rows and files made after this last for the module; each test undoes only its own."""
    own = _apart(tmp_path_factory.mktemp("kept"))
    with django_db_blocker.unblock(), override_settings(**own), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])],
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A real server on an empty home, once per database and session."""
    running = RunningServer.prepare(tmp_path_factory.mktemp("home"), str(request.param))
    running.environment["KHAOSAT_PROBE"] = "1"  # it tells which modules a web process has loaded
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
