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
from surveys.collection.people import system_actor
from surveys.fieldwork.models import Round
from surveys.results.own_definitions import choose


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
        use = commands.add_parser("use", help="let the next run of a round use a file")
        use.add_argument("round", type=int, help="number of the round")
        use.add_argument("file", type=Path)
        drop = commands.add_parser("drop", help="back to the product's indicators alone")
        drop.add_argument("round", type=int, help="number of the round")

    def handle(self, *_args: Any, **said: Any) -> None:
        if said["command"] == "list":
            self._list(CATALOGUE)
            return
        try:
            if said["command"] == "check":
                self._check(said["file"], said["workbook"])
            else:
                self._choose(said["round"], said.get("file"))
        except DefinitionError as error:
            raise CommandError(_words(error.problems)) from error

    def _check(self, file: Path, workbook: Path | None) -> None:
        text = _text(file)
        # the product's own files are read alone: their ids are the ones that are taken
        found = read(text, file.name) if file.name in FILES else read_own(text, file.name)
        if workbook is not None:
            problems = not_asked(found, text, file.name, _questions(workbook))
            if problems:
                raise CommandError(_words(problems))
        self._list(found)
        self.stdout.write(
            f"{file.name}: đúng, {len(found.definitions)} chỉ tiêu / sound, "
            f"{len(found.definitions)} indicators"
        )

    def _choose(self, number: int, file: Path | None) -> None:
        round_ = Round.objects.select_related("project").filter(pk=number).first()
        if round_ is None:
            raise CommandError(f"Không có đợt số {number}. / There is no round {number}.")
        text = "" if file is None else _text(file)
        found = choose(system_actor(), round_, text, "" if file is None else file.name)
        self.stdout.write(
            f"{round_}: {len(found.definitions)} chỉ tiêu riêng, dùng từ lần chạy sau / "
            f"{len(found.definitions)} indicators of its own, from the next run on"
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
