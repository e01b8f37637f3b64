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


def anchors(page: Path) -> set[str]:
    prose = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    heads = (head.strip().lower() for head in re.findall(r"^#+ (.*)$", prose, re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", head).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_heading_finds_it(page: Path) -> None:
    found = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", page.read_text())
    inside = [(place, head) for place, head in found if "://" not in place]
    assert [
        f"{place}#{head}"
        for place, head in inside
        if head not in anchors(page.parent / place if place else page)
    ] == []


def test_every_command_is_in_the_operations_page() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in our_commands() if f"manage.py {name}" not in text} == set()


def test_every_action_of_the_areas_command_is_in_the_operations_page() -> None:
    # read, not loaded: the command brings the libraries of maps along
    code = (ROOT / "surveys/results/management/commands/areas.py").read_text()
    actions = set(re.findall(r'add_parser\(\s*"(\w+)"', code))
    text = (ROOT / "docs" / "operations.md").read_text()
    assert {"load", "print"} <= actions
    assert {name for name in actions if f"areas {name}" not in text} == set()


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    named = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {name for name in named if f"]({name})" not in index} == set()


def test_every_decision_is_in_their_list() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [page for page in pages if f"]({page})" not in index] == []
    assert [int(page[:4]) for page in pages] == list(range(1, len(pages) + 1))


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
