"""`manage.py openapi`: the OpenAPI document, or the list of addresses for the docs."""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand

from api.openapi.document import document
from api.openapi.markdown import as_markdown


class Command(BaseCommand):
    help = "Write OpenAPI of every door as JSON, or with --markdown docs/addresses.md."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="the page docs/addresses.md")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["markdown"]:
            self.stdout.write(as_markdown(), ending="")
        else:
            self.stdout.write(json.dumps(document(), ensure_ascii=False, indent=1))
