"""What the docs say there is, there is; and what there is, the docs say."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
WSGI_KEYS = {"HTTP_TRANSFER_ENCODING"}  # of a request, not of the process
OUR_ROOMS = ("config", "surveys.")


def our_commands() -> set[str]:
    return {name for name, app in get_commands().items() if app.startswith(OUR_ROOMS)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


def test_every_command_is_in_the_operations_page() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in our_commands() if f"manage.py {name}" not in text} == set()


def test_every_setting_of_the_environment_is_documented() -> None:
    code = "".join(path.read_text() for path in (ROOT / "config").rglob("*.py"))
    names = set(re.findall(r'\benv(?:iron)?\.get\("([A-Z_]+)"', code)) - WSGI_KEYS
    text = (ROOT / "docs" / "operations.md").read_text()
    assert {"KHAOSAT_HOME", "DATABASE_URL"} <= names
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    text = (ROOT / "README.md").read_text()
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
    assert {"demo", "test"} <= named
    assert {name for name in named if f"\n{name}:" not in makefile} == set()
