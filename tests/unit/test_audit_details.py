"""The details of the audit log are words, never Python."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from dashboard.presentation import audit_details

ROOT = Path(__file__).parent.parent.parent
OWN = {"actor", "project", "form", "submission", None}


def recorded() -> Iterator[str]:
    """Every name under which some code writes a detail."""
    for room in ("surveys", "dashboard", "api"):
        for path in (ROOT / room).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(call, ast.Call)
                    and ast.unparse(call.func).rpartition(".")[2] in {"note_reading"}
                ) or (isinstance(call, ast.Call) and ast.unparse(call.func) == "audit.record"):
                    yield from (word.arg for word in call.keywords if word.arg not in OWN)


@pytest.mark.parametrize("name", sorted(set(recorded())))
def test_every_detail_that_is_written_has_words(name: str) -> None:
    assert audit_details.is_known(name)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "đã đổi: tên Mới, gồm dữ liệu cá nhân có; xã: 16228, 16231; kết luận: duyệt"),
        ("en", "changed: name Mới, with personal data yes; communes: 16228, 16231; "
               "review: approved"),
    ],
)  # fmt: skip
def test_nested_values_lists_and_flags_are_words(language: str, line: str) -> None:
    details = {
        "changes": {"name": "Mới", "personal": True},
        "communes": ["16228", "16231"],
        "review_state": "approved",
        "reason": "",
    }
    with translation.override(language):
        assert audit_details.as_line(details) == line


def test_a_hash_is_short_and_what_has_no_words_keeps_its_name() -> None:
    said = audit_details.of_event({"sha256": "a" * 64, "unheard": None, "other": 0})
    assert [(each.name, each.value) for each in said] == [("sha256", "a" * 12), ("other", "0")]
