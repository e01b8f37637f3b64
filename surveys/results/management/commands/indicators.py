"""`manage.py indicators check FILE`: whether a file of definitions is sound, what it defines."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analysis.indicators.table import CATALOGUE, FILES, read_own
from analysis.indices.asked import Questions, not_asked
from analysis.indices.catalogue import Catalogue
from analysis.indices.problems import DefinitionError, Problem
from analysis.indices.reading import read
from forms.compile import compile_form
from forms.form_errors import FormRefused


class Command(BaseCommand):
    help = "Check a file of definitions, or list the indicators of the product."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        check = commands.add_parser("check", help="say whether a definition file is sound")
        check.add_argument("file", type=Path)
        check.add_argument(
            "--workbook", type=Path, help="also look the questions and codes up in this .xlsx form"
        )
        commands.add_parser("list", help="the indicators of the product")

    def handle(self, *_args: Any, **said: Any) -> None:
        if said["command"] == "list":
            self._list(CATALOGUE)
            return
        file = said["file"]
        text = _text(file)
        try:
            # the product's own files are read alone: their ids are the ones that are taken
            found = read(text, file.name) if file.name in FILES else read_own(text, file.name)
        except DefinitionError as error:
            raise CommandError(_words(error.problems)) from error
        if said["workbook"] is not None:
            problems = not_asked(found, text, file.name, _questions(said["workbook"]))
            if problems:
                raise CommandError(_words(problems))
        self._list(found)
        self.stdout.write(
            f"{file.name}: đúng, {len(found.definitions)} chỉ tiêu / sound, "
            f"{len(found.definitions)} indicators"
        )

    def _list(self, catalogue: Catalogue) -> None:
        for each in catalogue.definitions.values():
            self.stdout.write(
                f"{each.id}\t{each.kind.value}\t{each.base.id}\t{each.vi} / {each.en}"
            )


def _words(problems: Iterable[Problem]) -> str:
    return "\n".join(f"{each.place()}: {each.vi} / {each.en}" for each in problems)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise CommandError(f"{file}: không đọc được tệp / cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file}: phải là UTF-8 / must be UTF-8") from error


def _questions(workbook: Path) -> Questions:
    try:
        form = compile_form(workbook.read_bytes(), workbook.name)
    except (OSError, FormRefused) as error:
        raise CommandError(f"{workbook}: {error}") from error
    return {
        field.name: None if field.choices is None else _codes(field.choices.choices)
        for field in form.schema.fields
    }


def _codes(choices: Iterable[Any]) -> frozenset[str]:
    return frozenset(choice.name for choice in choices)
