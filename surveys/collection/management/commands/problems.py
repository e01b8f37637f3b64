"""`manage.py problems`: the catalogue of refusals as a page of the docs."""

from typing import Any

from django.core.management.base import BaseCommand

from surveys.collection.problems import as_markdown


class Command(BaseCommand):
    help = "Write the catalogue of problem codes as markdown (docs/problems.md)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
