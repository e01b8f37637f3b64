"""`manage.py removals FILE`: what was removed for good, so that no older backup brings it back."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.collection.safekeeping import removals

EVER = "1970-01-01T00:00:00+00:00"


class Command(BaseCommand):
    help = "Write the list of removals to FILE, or (--apply) remove anew what FILE names."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="after restoring an older backup")

    def handle(self, *_args: Any, **options: Any) -> None:
        path = options["file"].expanduser()
        if not options["apply"]:
            self.stdout.write(f"{path}: {removals.write(path)} removal(s), no content.")
            return
        if not path.is_file():
            raise CommandError(f"There is no file {path}. Write it on the old server first.")
        try:
            tell(self, removals.apply(removals.since(path, EVER)))
        except ValueError as error:
            raise CommandError(f"This is no list of removals: {error}") from error


def tell(command: BaseCommand, applied: removals.Applied) -> None:
    """Name what was removed anew."""
    for what, n in sorted(applied.done.items()):
        command.stdout.write(f"removed anew: {what} {n}")
    if applied.unknown:
        command.stdout.write(f"{applied.unknown} removal(s) name nothing that stands here.")
    if not applied.done:
        command.stdout.write("Nothing had come back.")
