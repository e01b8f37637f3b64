"""`manage.py import-server`: forms and submissions of another server come over."""  # noqa: N999 - the command's name

import argparse
import getpass
import os
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from surveys.collection.models import Project
from surveys.fieldwork.importing import central
from surveys.fieldwork.importing.briefcase import Briefcase
from surveys.fieldwork.importing.central import Central
from surveys.fieldwork.importing.ledger import Ledger
from surveys.fieldwork.importing.pulled import Source
from surveys.fieldwork.importing.pulling import FormReport, Pull
from surveys.fieldwork.importing.remote import Remote, RemoteFault
from surveys.fieldwork.importing.storing import Store

PASSWORD = "IMPORT_PASSWORD"  # noqa: S105 - the name of the variable


class Command(BaseCommand):
    help = (
        "Pull forms, files, submissions, edits, reviews and comments from another server. It may "
        "be stopped and run again: nothing is doubled. The password is asked for, or read from "
        f"the variable {PASSWORD}."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("url", help="for example https://central.example.org")
        parser.add_argument("--kind", choices=("central", "briefcase"), default="central")
        parser.add_argument("--project", type=int, required=True, help="number of the project here")
        parser.add_argument("--email", default="", help="who signs in there (a name for briefcase)")
        parser.add_argument(
            "--from-project", default="", help="central: number or name of the project there"
        )
        parser.add_argument("--form", action="append", default=[], help="this form id only")
        parser.add_argument(
            "--rate", type=float, default=20.0, help="requests a second at most (20)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        project = Project.objects.filter(pk=options["project"], deleted_at=None).first()
        if project is None:
            raise CommandError("No such project. Its number stands in the address of its page.")
        remote = Remote(_checked(options["url"]), rate=_rate(options["rate"]))
        try:
            source = self._source(remote, options)
            self.stdout.write(f"{source.base} → {project.name}")
            pull = Pull(
                source,
                Store(project, source.base),
                Ledger.of(source.base, project.pk),
                may_stand_in=options["kind"] == "briefcase",
                say=self._say,
            )
            reports = pull.run(options["form"])
        except RemoteFault as fault:
            raise CommandError(f"{fault}. Nothing is lost; run the command again.") from fault
        self._table(reports)
        missing = set(options["form"]) - {each.form_id for each in reports}
        if missing:
            raise CommandError(f"There is no such form there: {', '.join(sorted(missing))}.")
        if not all(each.agrees for each in reports):
            raise CommandError("The counts do not agree: see the reasons above, then run again.")
        self.stdout.write("All counts agree.")

    def _source(self, remote: Remote, options: dict[str, Any]) -> Source:
        name = options["email"]
        if options["kind"] == "briefcase":
            if name:
                remote.sign_in_with(name, _password(name))
            return Briefcase(remote)
        if not name:
            raise CommandError("Say with --email who signs in there.")
        central.sign_in(remote, name, _password(name))
        return Central(remote, central.project_of(remote, options["from_project"]))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _table(self, reports: list[FormReport]) -> None:
        width = max([len("form"), *(len(each.form_id) for each in reports)])
        self.stdout.write(f"\n{'form':{width}}  {'there':>8} {'here':>8} {'new':>8}")
        for each in reports:
            mark = "" if each.agrees else "  !"
            self.stdout.write(
                f"{each.form_id:{width}}  {each.there:8} {each.here:8} {each.fresh:8}{mark}"
            )
            for why in each.reasons:
                self.stdout.write(f"    {why}")


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CommandError("The address must be like https://server.example.org")
    if parts.username is not None or parts.password is not None:
        raise CommandError(f"No password in the address: it is asked for, or read from {PASSWORD}.")
    base = url.rstrip("/")
    return base.removesuffix("/v1")


def _rate(said: float) -> float:
    if not 0.1 <= said <= 1000:
        raise CommandError("--rate is between 0.1 and 1000 requests a second.")
    return said


def _password(name: str) -> str:
    found = os.environ.get(PASSWORD) or getpass.getpass(f"Password of {name}: ")
    if not found:
        raise CommandError("A password is needed.")
    return found
