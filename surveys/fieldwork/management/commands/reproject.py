"""`manage.py reproject`: make records and outcomes anew from the stored bytes."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.collection import projection
from surveys.collection.models import Form, Submission
from surveys.fieldwork import pipeline

SAY_EVERY = 1000


class Command(BaseCommand):
    help = (
        "Make records and case outcomes anew from the bytes that the phones sent. "
        "Runs beside the server and may be stopped and started again at any time."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--project", type=int, help="number of a project; all without it")
        parser.add_argument("--form", help="form id; all forms without it")

    def handle(self, *_args: Any, **options: Any) -> None:
        forms = Form.objects.filter(deleted_at__isnull=True)
        if options["project"] is not None:
            forms = forms.filter(project_id=options["project"])
        if options["form"]:
            forms = forms.filter(xml_form_id=options["form"])
        if not forms.exists():
            raise CommandError("No such form. Look at the number of the project and the form id.")
        done = 0
        for form in forms.order_by("id"):
            for submission_id in projection.reproject(form):
                pipeline.derive(submission_id)
                done += 1
                if done % SAY_EVERY == 0:
                    self.stdout.write(f"{done} submissions done")
        bad = Submission.objects.filter(
            form__in=forms, state=Submission.State.QUARANTINED, deleted_at__isnull=True
        ).count()
        self.stdout.write(f"{done} submissions made anew, {bad} of them cannot be read.")
