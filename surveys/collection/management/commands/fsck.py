"""`manage.py fsck`: is everything that was stored still there, byte for byte?"""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.collection.management.passphrases import add_passphrase, passphrase_of
from surveys.collection.refusal import Refused
from surveys.collection.safekeeping import runs
from surveys.collection.safekeeping.findings import Report
from surveys.collection.safekeeping.folder import Folder
from surveys.collection.safekeeping.fsck import Wish, fsck
from surveys.collection.safekeeping.verifying import quiet


class Command(BaseCommand):
    help = "Compare every stored byte with its fingerprint; exit code 1 when damage remains."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what is safe")
        parser.add_argument("--deep", action="store_true", help="compare the records of all")
        parser.add_argument("--quick", action="store_true", help="sizes of files, not their bytes")
        parser.add_argument(
            "--from",
            dest="backups",
            type=Path,
            metavar="FOLDER",
            help="backups to take missing or damaged files from (with --repair)",
        )
        add_passphrase(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            wish = Wish(
                is_deep=options["deep"],
                is_quick=options["quick"],
                repairs=options["repair"],
                backups=_backups(options),
            )
        except Refused as error:
            raise CommandError(f"[{error.code}] {error.vi} / {error.en}") from error
        found = fsck(
            wish, self._report if options["verbosity"] > 1 or self.stdout.isatty() else quiet
        )
        self._tell(found)
        runs.note(runs.FSCK, runs.fsck_result(found))
        if not found.is_clean:
            raise CommandError("Dữ liệu có hư hỏng. / There is damage.")

    def _tell(self, found: Report) -> None:
        for each in found.findings.values():
            words = each.kind.value
            repaired = f" ({each.repaired} repaired)" if each.repaired else ""
            self.stdout.write(f"{words.vi} / {words.en}: {each.count}{repaired}")
            for example in each.examples:
                self.stdout.write(f"    {example}")
            if each.count > len(each.examples):
                self.stdout.write("    …")
            if each.repaired < each.count:
                self.stdout.write(f"  → {words.remedy_vi} / {words.remedy_en}")
        state = "whole" if found.is_clean else "DAMAGED"
        self.stdout.write(
            f"{state}: {found.submissions} submissions, {found.compared} compared with their"
            f" bytes, {found.files} files ({found.bytes / 1e6:.1f} MB)."
        )

    def _report(self, share: float, step_vi: str, step_en: str) -> None:
        self.stdout.write(f"{share:4.0%} {step_vi} / {step_en}")
        self.stdout.flush()


def _backups(options: dict[str, Any]) -> Folder | None:
    path: Path | None = options["backups"]
    if path is None:
        return None
    if not path.is_dir():
        raise CommandError(f"{path} is no folder of backups.")
    return Folder(path.expanduser(), passphrase_of(options))
