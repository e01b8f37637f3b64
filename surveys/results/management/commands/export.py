"""`manage.py export FORM --format F`: the records of a form as a file, made here and now."""

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from surveys.collection import audit
from surveys.collection.jobs import JobRefused
from surveys.collection.models import Actor, Form, User
from surveys.collection.people import system_actor
from surveys.collection.refusal import Refused
from surveys.results.exports import requests
from surveys.results.exports.making import make
from surveys.results.exports.options import LANGUAGES, REVIEWS, Answers, Format, Options
from surveys.results.exports.source import Source


class Command(BaseCommand):
    help = "Write the records of a form to a file: csv, xlsx, parquet, dta, sav, geojson, gpkg, r."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("form", help="number of the form, or its form id")
        parser.add_argument("--format", required=True, choices=[each.value for each in Format])
        parser.add_argument("--to", type=Path, default=Path(), help="folder or file to write")
        parser.add_argument("--as", dest="email", help="only what this account may read")
        parser.add_argument("--project", type=int, help="where two projects have the form id")
        parser.add_argument("--language", choices=LANGUAGES, default="vi")
        parser.add_argument("--answers", choices=[each.value for each in Answers], default="codes")
        parser.add_argument("--since", help="first day of arrival, 2026-09-01")
        parser.add_argument("--until", help="last day of arrival")
        parser.add_argument("--review", action="append", choices=REVIEWS, help="may be repeated")
        parser.add_argument("--personal", action="store_true", help="with personal data (P1, P2)")
        parser.add_argument("--attachments", action="store_true", help="with the files sent")
        parser.add_argument("--run", type=int, help="of r: number of the published run")
        parser.add_argument("--indicator", help="of r: the table that it makes again")

    def handle(self, *_args: Any, **said: Any) -> None:
        form = _form(said["form"], said["project"])
        actor = _actor(said["email"])
        try:
            options = Options.of({**said, "reviews": said["review"]})
            requests.check(actor, form, options, is_confirmed=True)
            made = self._make(form, actor, options, said["to"])
        except Refused as error:
            raise CommandError(f"[{error.code}] {error.vi} / {error.en}") from error
        except JobRefused as error:
            said_so = (f"{each['vi']} {each.get('remedy_vi', '')}" for each in error.errors)
            raise CommandError("\n".join((*said_so, str(error)))) from error
        self.stdout.write(str(made))

    def _make(self, form: Form, actor: Actor, options: Options, to: Path) -> Path:
        source = Source(form, actor, options, tell=self._tell)
        settings.ARTEFACT_ROOT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.ARTEFACT_ROOT) as folder:
            made = make(source, Path(folder), actor)
            target = to / made.path.name if to.is_dir() else to
            shutil.move(made.path, target)
        audit.record(
            "export.command",
            actor=actor,
            form=form,
            format=options.format.value,
            personal=options.personal,
            records=source.counted.rows["records"],
        )
        return target

    def _tell(self, done: int) -> None:
        if done % 10_000 == 0:
            self.stderr.write(f"{done}…")


def _form(said: str, project: int | None) -> Form:
    living = Form.objects.filter(deleted_at=None, project__deleted_at=None)
    living = living.select_related("project", "current")
    if project is not None:
        living = living.filter(project=project)
    named = list(living.filter(xml_form_id=said))
    if not named and said.isdecimal() and len(said) < 19:
        named = list(living.filter(pk=int(said)))
    if len(named) == 1:
        return named[0]
    found = named or list(living.order_by("project", "xml_form_id")[:50])
    known = "; ".join(f"{each.pk} {each.xml_form_id} ({each.project.name})" for each in found)
    if named:
        raise CommandError(f"{said!r} stands in several projects: {known}. Name its number.")
    raise CommandError(f"There is no form {said!r}. Forms: {known or 'none yet'}.")


def _actor(email: str | None) -> Actor:
    if email is None:
        return system_actor()
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account {email!r}.")
    return user.actor
