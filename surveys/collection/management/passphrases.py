"""A passphrase for a command: from a file or the environment, never from the command line."""

import argparse
import os
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError

VARIABLE: Final = "KHAOSAT_BACKUP_PASSPHRASE"
SHORTEST: Final = 10


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        help=f"file whose first line is the passphrase; or the variable {VARIABLE}",
    )


def passphrase_of(options: dict[str, Any]) -> str:
    """The passphrase, or nothing; other users of the machine can read a command line."""
    file: Path | None = options["passphrase_file"]
    if file is None:
        said = os.environ.get(VARIABLE, "")
    else:
        try:
            said = file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
    if (said or file is not None) and len(said) < SHORTEST:
        raise CommandError(f"The passphrase needs at least {SHORTEST} characters.")
    return said
