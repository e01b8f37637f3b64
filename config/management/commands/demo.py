"""`manage.py demo`: the whole product on synthetic data, then the server."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import server
from config.management.commands.setup import prepare
from surveys.results.demo import chain, setting

STEPS = 9


class Command(BaseCommand):
    help = "Build the synthetic demonstration in an empty KHAOSAT_HOME and serve it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=server.port_number, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="stop when it is built")

    def handle(self, *_args: Any, **options: Any) -> None:
        where = server.address(options["port"], lan=False)
        try:
            server.require_free(where)
        except server.PortTakenError as error:
            raise CommandError(
                f"Port {options['port']} is taken by another program: make demo PORT=8001"
            ) from error
        marker = settings.HOME / "demo-is-built"
        if not marker.exists():
            refuse_foreign_home(settings.HOME)
            self._build(options["port"])
            marker.write_text("synthetic data\n", encoding="utf-8")
        self._tell(where.public_url)
        if not options["no_serve"]:
            server.serve(where)

    def _build(self, port: int) -> None:
        story = chain.Story(sys.stdout, STEPS)
        story.step("Database, list of communes, assets")
        (settings.HOME / "demo-is-building").touch()
        prepare()
        try:
            chain.build(story, port)
        except chain.DemonstrationError as error:
            raise CommandError(f"{error}. Remove {settings.HOME} and start again.") from error
        (settings.HOME / "demo-is-building").unlink()

    def _tell(self, url: str) -> None:
        lines = ["", f"Everything shown is synthetic. Open {url} and sign in:", ""]
        everybody = [(setting.ADMINISTRATOR, "quản trị / administrator")]
        everybody += [(each.email, f"{each.who_vi} / {each.who_en}") for each in setting.ACCOUNTS]
        lines += [f"  {email:<28} {setting.PASSWORD}   {who}" for email, who in everybody]
        lines += [
            "",
            "  Enumerators need no password: scan a phone's QR code with ODK Collect from",
            f"  {url}/projects/1/people/ (as quanly@ or admin@; real phones: serve --lan).",
            f"  Stop with Ctrl+C. The data stand in {settings.HOME}; remove it to start again.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


# What settings alone leave in a new home.
OWN_TRACES = {"secret_key"}


def refuse_foreign_home(home: Path) -> None:
    """Never build in a folder that holds anything which the demonstration did not make."""
    if (home / "demo-is-building").exists():
        raise CommandError(f"A former demonstration was cut off. Remove {home} and start again.")
    if {entry.name for entry in home.iterdir()} - OWN_TRACES:
        raise CommandError(
            f"{home} holds other data. Choose an empty folder: make demo KHAOSAT_HOME=/path"
        )
