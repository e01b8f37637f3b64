"""Take out what was kept long enough, as the worker does once a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.collection.models import Project
from surveys.fieldwork import clocks


class Command(BaseCommand):
    help = "Remove data whose retention has ended, by the rules of each project."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would go")
        parser.add_argument("--project", type=int, help="the number of one project")

    def handle(self, *_args: Any, **options: Any) -> None:
        project = None
        if options["project"] is not None:
            project = Project.objects.filter(pk=options["project"], deleted_at=None).first()
            if project is None:
                raise CommandError(f"there is no project {options['project']}")
        total = 0
        for done in clocks.run(project=project, is_dry=options["dry_run"]):
            place = done.form or done.project or "server"
            self.stdout.write(f"{done.kind}\t{place}\t{done.n_done}")
            total += done.n_done
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(f"{total} records {verb} changed")
