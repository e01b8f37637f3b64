"""The demonstration builds in an empty folder only: it tells people to remove that folder later."""

from pathlib import Path

import pytest
from django.core.management.base import CommandError

from config.management.commands.demo import refuse_foreign_home


def test_an_empty_home_is_taken(tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    refuse_foreign_home(tmp_path)


@pytest.mark.parametrize("name", ["khaosat.sqlite3", "báo cáo.docx"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(CommandError, match="holds other data"):
        refuse_foreign_home(tmp_path)


def test_a_demonstration_that_was_cut_off_says_what_to_remove(tmp_path: Path) -> None:
    (tmp_path / "demo-is-building").touch()
    with pytest.raises(CommandError, match="cut off"):
        refuse_foreign_home(tmp_path)
