"""`manage.py publish FILE --project P`: a workbook or an XForm becomes a published form."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forms.form_errors import FormError, FormRefused
from surveys.collection import publishing, publishing_files
from surveys.collection.models import Form, Project
from surveys.collection.people import system_actor
from surveys.collection.publishing_job import Order, publish_file
from surveys.collection.refusal import Refused


class Command(BaseCommand):
    help = "Publish a form (.xlsx, .xls or .xml), a new one or a new version, with its files."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, help="number or name of the project")
        parser.add_argument("--media", type=Path, help="folder with the files that the form names")
        parser.add_argument("--draft", action="store_true", help="leave it a draft")
        parser.add_argument(
            "--rates-authority",
            action="store_true",
            help="the rated offices may not read its records (for a new form)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        project = _project(options["project"])
        try:
            self._publish(project, options)
        except FormRefused as error:
            raise CommandError("\n".join(_line(each) for each in error.errors)) from error
        except Refused as error:
            raise CommandError(f"[{error.code}] {error.vi} / {error.en}") from error

    def _publish(self, project: Project, options: dict[str, Any]) -> None:
        actor = system_actor()
        upload = _bytes_of(options["file"])
        order = Order(
            project_id=project.pk,
            filename=options["file"].name,
            adds_version=True,
            rates_authority=options["rates_authority"],
        )
        result = publish_file(actor, order, upload, self._report)
        form = Form.objects.get(pk=result["form_id"])
        if form.draft_id is not None:
            self._attach(form, result["media"], options["media"])
            if not options["draft"]:
                publishing.publish_draft(actor, form)
        for note in result["warnings"]:
            self.stderr.write(f"{note['vi']} / {note['en']}")
        state = "draft" if form.draft_id is not None else "published"
        self.stdout.write(f"{form.xml_form_id} version {result['version']!r}: {state}")

    def _attach(self, form: Form, names: list[str], folder: Path | None) -> None:
        for name in names:
            path = folder / name if folder is not None else None
            if path is not None and path.is_file():
                with path.open("rb") as stream:
                    publishing_files.attach_to_draft(system_actor(), form, name, stream)
            elif not _is_filled(form, name):
                self.stderr.write(f"Chưa có tệp {name} / the file {name} is missing")

    def _report(self, share: float, step_vi: str, step_en: str) -> None:
        self.stdout.write(f"{share:4.0%} {step_vi} / {step_en}")


def _is_filled(form: Form, name: str) -> bool:
    slot = publishing_files.draft_slot(form, name)
    return bool(slot.blob_id or slot.entity_list)


def _project(said: str) -> Project:
    living = Project.objects.filter(deleted_at__isnull=True)
    found = living.filter(pk=int(said)) if said.isdecimal() else living.filter(name=said)
    project = found.first()
    if project is None:
        known = ", ".join(f"{each.pk} {each.name}" for each in living) or "none yet"
        raise CommandError(f"There is no project {said!r}. Projects: {known}.")
    return project


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error}") from error


def _line(error: FormError) -> str:
    place = f"{error.sheet}:{error.row}" if error.row is not None else error.sheet
    return (
        f"{place} {error.message_vi} {error.remedy_vi} / {error.message_en} {error.remedy_en}"
    ).strip()
