"""The demonstration builds in an empty folder only: it tells people to remove that folder later."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from config.management.commands.demo import refuse_foreign_home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_an_empty_home_is_taken(home: Path) -> None:
    (home / "secret_key").touch()
    refuse_foreign_home(home)


@pytest.mark.parametrize("name", ["khaosat.sqlite3", "báo cáo.docx"])
def test_a_folder_with_other_files_is_refused(home: Path, name: str) -> None:
    (home / name).touch()
    with pytest.raises(CommandError, match="holds other data"):
        refuse_foreign_home(home)


def test_a_demonstration_that_was_cut_off_says_what_to_remove(home: Path) -> None:
    (home / "demo-is-building").touch()
    with pytest.raises(CommandError, match="cut off"):
        refuse_foreign_home(home)
