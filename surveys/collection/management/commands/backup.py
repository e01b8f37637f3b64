"""`manage.py backup TARGET`: the whole server, while it runs."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.collection.management.passphrases import add_passphrase, passphrase_of
from surveys.collection.refusal import Refused
from surveys.collection.safekeeping import places, removals, runs
from surveys.collection.safekeeping.backup import back_up
from surveys.collection.safekeeping.folder import Folder
from surveys.collection.safekeeping.pruning import prune
from surveys.collection.safekeeping.verifying import quiet


class Command(BaseCommand):
    help = (
        "Back up everything into one FILE, or into a FOLDER/ that keeps several backups and"
        " copies each file once. Restores into SQLite and PostgreSQL alike."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", help="a new file, or a folder (end it with / to make one)")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="of a folder, keep the newest N only"
        )
        add_passphrase(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(options["target"]).expanduser()
        in_folder = places.is_folder(path, options["target"])
        if options["keep"] < 0:
            raise CommandError("--keep takes how many backups stay: 1 or more.")
        if options["keep"] and not in_folder:
            raise CommandError("--keep is for a folder of backups: end the target with /")
        try:
            passphrase = passphrase_of(options)
            container = places.container_at(path, passphrase, in_folder=in_folder)
            made = back_up(
                container,
                self._report if options["verbosity"] > 1 or self.stdout.isatty() else quiet,
            )
            removals.write(removals.beside(path))
            gone = prune(Folder(path, passphrase), options["keep"]) if in_folder else 0
            runs.note(runs.BACKUP, runs.backup_result(made, str(path)))
        except Refused as error:
            raise CommandError(f"[{error.code}] {error.vi} / {error.en}") from error
        self.stdout.write(
            f"{path}: {made.rows} rows, {made.files} files ({made.bytes / 1e6:.1f} MB), read back."
            + (f" {gone} older one(s) removed." if gone else "")
        )
        if made.lost:
            raise CommandError(
                f"{len(made.lost)} file(s) were missing or damaged and are not in the backup."
                " Run manage.py fsck."
            )

    def _report(self, share: float, step_vi: str, step_en: str) -> None:
        self.stdout.write(f"{share:4.0%} {step_vi} / {step_en}")
        self.stdout.flush()
