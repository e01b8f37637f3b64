"""What the server's log says when it stops."""

import logging

import pytest

from config.logs import RealKills


def record(text: str, at: float) -> logging.LogRecord:
    made = logging.LogRecord("_granian", logging.WARNING, "", 0, text, None, None)
    made.created = at
    return made


@pytest.mark.parametrize(("after", "is_told"), [(0.2, False), (14.0, False), (15.5, True)])
def test_a_kill_is_told_only_when_the_grace_has_passed(after: float, is_told: bool) -> None:
    told = RealKills(15)
    assert told.filter(record("Shutting down granian", 100))
    assert told.filter(record("Stopping worker-1", 100.1))
    killing = "Killing worker-1 after it refused to gracefully stop"
    assert told.filter(record(killing, 100 + after)) == is_told


def test_a_kill_without_a_shutdown_is_told() -> None:
    assert RealKills(15).filter(record("Killing worker-1 after it refused", 5))
