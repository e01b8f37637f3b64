"""`manage.py setup`: an empty home becomes a server that somebody can sign in to."""

import argparse
import os
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import DatabaseError, connection
from django.utils import translation

from surveys.collection.people import create_administrator
from surveys.territory.units import load_units


class Command(BaseCommand):
    help = "Prepare the database, the list of communes, the assets and the first administrator."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--password",
            help="at least 10 characters; may also stand in the variable KHAOSAT_PASSWORD",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        password = options["password"] or os.environ.get("KHAOSAT_PASSWORD", "")
        if not password:
            raise CommandError("Give --password, or the variable KHAOSAT_PASSWORD.")
        try:
            with translation.override("en"):  # Django speaks Vietnamese in part only
                validate_email(options["email"])
                validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        try:
            connection.ensure_connection()
        except DatabaseError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        prepare()
        created = create_administrator(options["email"], password)
        word = "made" if created else "given the new password"
        self.stdout.write(f"{settings.HOME} is ready; administrator {options['email']} {word}.")


def prepare() -> None:
    """Everything but people: tables, units, compressed assets. May run at any time again."""
    call_command("migrate", verbosity=0, interactive=False)
    load_units()
    call_command("collectstatic", verbosity=0, interactive=False)
