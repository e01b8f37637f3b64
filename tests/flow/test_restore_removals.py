"""An older backup comes back without the answers that were erased and the codes revoked since."""

from pathlib import Path

import pytest

from tests.postgres import new_database
from tests.server import RunningServer, free_port

SCRIPT = """
import config.settings, os, sys, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings"); django.setup()
from surveys.collection import intake, people, projects
from surveys.collection.arrival import Arrival
from surveys.collection.models import *
from surveys.fieldwork import erasing, pipeline
from tests.cast import filled, published
system = people.system_actor()
if sys.argv[1] == "fill":
    project = projects.create_project(system, "Thử")
    form = published(system, project)
    receipt = intake.receive(Arrival(project.pk, system.pk, filled()))
    pipeline.derive(receipt.submission_id)
    people.create_app_user(system, project, "Minh")
elif sys.argv[1] == "remove":
    erasing.erase(system, Submission.objects.get(), Erasure.Extent.ALL, "đã rút")
    people.revoke_app_user(system, AppUser.objects.get())
print(AppUser.objects.get().token, bytes(SubmissionVersion.objects.get().xml))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "database",
    ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def test_restoring_an_older_backup_removes_anew_and_says_so(tmp_path: Path, database: str) -> None:
    old = RunningServer.prepare(tmp_path / "old", database)
    url = new_database() if database == "postgres" else ""
    (tmp_path / "new").mkdir()
    new = RunningServer(home=tmp_path / "new", database_url=url, port=free_port())
    folder = tmp_path / "many"
    try:
        assert "Lan" in old.run("-c", SCRIPT, "fill")
        old.manage("backup", f"{folder}/")
        (first,) = [each for each in folder.iterdir() if each.name.startswith("20")]
        old.run("-c", SCRIPT, "remove")
        own = tmp_path / "own.jsonl"
        assert "2 removal(s)" in old.manage("removals", str(own))
        refused = new.try_manage("restore", "--removals", "nowhere", str(first))
        assert "nothing was restored" in refused.stderr
        done = new.try_manage("restore", str(first))  # the list beside it is as old as itself
        assert done.returncode == 0, done.stderr
        assert "Nothing had come back" in done.stdout
        assert "Lan" in new.run("-c", SCRIPT, "show")
        said = new.manage("removals", "--apply", str(own))
        assert "removed anew: submission.erase 1" in said
        assert "removed anew: app_user.revoke 1" in said
        shown = new.run("-c", SCRIPT, "show")
        assert shown.startswith("None ")
        assert "Lan" not in shown
    finally:
        old.stop()
        new.stop()
