"""`manage.py restore SOURCE`: a backup becomes a server, on an empty home and database."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from surveys.collection.management.commands.removals import tell
from surveys.collection.management.passphrases import add_passphrase, passphrase_of
from surveys.collection.refusal import Refused
from surveys.collection.safekeeping import places, removals
from surveys.collection.safekeeping.archive import Content, Manifest
from surveys.collection.safekeeping.restore import restore
from surveys.collection.safekeeping.verifying import quiet, verify


class Command(BaseCommand):
    help = "Restore a backup (a file, one of a folder, or the newest of a folder)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("--check", action="store_true", help="read it through, write nothing")
        parser.add_argument(
            "--removals", type=Path, help="a list of `manage.py removals`; else the one beside it"
        )
        add_passphrase(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        passphrase = passphrase_of(options)
        try:
            content = places.content_at(options["source"].expanduser(), passphrase)
            if options["check"]:
                self._tell("whole", verify(content))
                return
            given = options["removals"] or removals.beside(options["source"].expanduser())
            if options["removals"] and not given.is_file():
                raise CommandError(f"There is no file {given}; nothing was restored.")
            self._restore(content, given, is_told=options["verbosity"] > 1 or self.stdout.isatty())
        except Refused as error:
            raise CommandError(f"[{error.code}] {error.vi} / {error.en}") from error

    def _restore(self, content: Content, given: Path, *, is_told: bool) -> None:
        done = restore(content, self._report if is_told else quiet)
        call_command("collectstatic", verbosity=0, interactive=False)
        self._tell(f"restored into {settings.HOME}", done.manifest)
        self._remove_anew(given, done.manifest.made_at)
        if done.manifest.files.lost:
            self.stderr.write(
                f"{len(done.manifest.files.lost)} file(s) were lost before the backup was made."
            )

    def _remove_anew(self, given: Path, made_at: str) -> None:
        """What was erased and revoked after the backup must not come back with it."""
        if given.is_file():
            tell(self, removals.apply(removals.since(given, made_at)))
            return
        self.stderr.write(
            f"Nobody says what was erased or revoked since {made_at}. If the old server still"
            " runs, write it there (manage.py removals FILE) and apply it here"
            " (manage.py removals --apply FILE) before phones and people come back."
        )

    def _tell(self, what: str, manifest: Manifest) -> None:
        files = manifest.files
        self.stdout.write(
            f"Backup of {manifest.made_at} ({manifest.database}): {what}; {manifest.rows} rows,"
            f" {files.count} files ({files.size / 1e6:.1f} MB)."
        )

    def _report(self, share: float, step_vi: str, step_en: str) -> None:
        self.stdout.write(f"{share:4.0%} {step_vi} / {step_en}")
        self.stdout.flush()
