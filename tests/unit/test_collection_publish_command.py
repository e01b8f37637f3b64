"""`manage.py publish`: a file and a folder become a published form."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.collection.models import Form
from tests.cast import Cast, make_cast, with_file, workbook, xform

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def publish(file: Path, **options: object) -> str:
    out = StringIO()
    call_command("publish", str(file), stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_workbook_is_published_and_then_its_next_version(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    for version in ("3", "4"):
        file.write_bytes(workbook(version))
        assert f"small version '{version}': published" in publish(file, project=cast.project.name)
    form = Form.objects.get()
    assert form.versions.count() == 2
    assert form.current is not None
    assert form.current.version == "4"


def test_the_same_file_twice_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(workbook())
    for _ in range(2):
        publish(file, project=str(cast.project.pk))
    assert Form.objects.get().versions.count() == 1


def test_files_of_the_folder_come_along_and_missing_ones_are_said(
    cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "form.xml"
    file.write_bytes(xform(body=with_file("psu.csv") + with_file("more.csv")))
    (tmp_path / "psu.csv").write_bytes(b"name,label\n")
    said = publish(file, project=str(cast.project.pk), media=tmp_path)
    assert "more.csv" in said
    form = Form.objects.get()
    assert form.current is not None
    held = {slot.name: slot.blob_id for slot in form.current.attachments.all()}
    assert held["psu.csv"]
    assert held["more.csv"] is None


def test_faults_name_sheet_and_row(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    file.write_bytes(workbook(kind="no_such_type"))
    with pytest.raises(CommandError, match=r"survey:2 .+ / "):
        publish(file, project=str(cast.project.pk))


def test_an_unfilled_form_stays_a_draft_and_says_why(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "form.xml"
    file.write_bytes(xform(title="{{sponsor}}"))
    with pytest.raises(CommandError, match=r"400\.13.*sponsor"):
        publish(file, project=str(cast.project.pk))


def test_an_unknown_project_is_told_the_known_ones(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Dự án khác"):
        publish(tmp_path / "form.xml", project="nowhere")


def test_a_file_that_is_not_there_is_said(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        publish(tmp_path / "form.xml", project=str(cast.project.pk))
