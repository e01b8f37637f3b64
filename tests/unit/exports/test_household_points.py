"""Where a household lives is for those who review its record, in no file and no format for others.

A point that nobody classed counts as identifying; that a form calls it open is its author's word.
"""

from pathlib import Path
from zipfile import is_zipfile

import pytest

from surveys.collection import rights
from surveys.collection.jobs import JobRefused
from surveys.collection.models import Role
from surveys.results.exports import requests
from surveys.results.exports.options import Format, Options
from surveys.results.exports.source import Source
from tests.cast import make_user
from tests.export_world import ExportWorld, unpacked, write_file

pytestmark = pytest.mark.django_db
POINTS = ("vi_tri", "thua", "duong")
WRITTEN = ("csv", "xlsx", "geojson", "gpkg")
LONGITUDE = b"105.25"


def contents(made: Path) -> bytes:
    """All bytes that a reader of the file gets, unpacked."""
    if not is_zipfile(made):
        return made.read_bytes()
    return b"".join(each.read_bytes() for each in unpacked(made).rglob("*") if each.is_file())


@pytest.mark.parametrize("word", ["P2", "P3"])
def test_who_reviews_no_record_finds_no_point_in_any_format(
    world: ExportWorld, word: str, tmp_path: Path
) -> None:
    analyst = make_user("ana", Role.ANALYST, world.cast.project)
    assert LONGITUDE in contents(write_file(world, tmp_path, "csv"))  # its reviewer does
    world.form.privacy = {f"/data/{name}": word for name in POINTS}
    world.form.save(update_fields=["privacy"])
    for form in Format:
        source = Source(world.form, analyst.actor, Options(form))
        names = {each.name for sheet in source.sheets for each in sheet.variables}
        assert "tuoi" in names
        assert not [name for name in names if name.startswith(POINTS)]
    for wanted in WRITTEN:
        try:
            made = write_file(world, tmp_path, wanted, maker=analyst, personal=False)
        except JobRefused:  # a map without a place is none
            assert wanted in ("geojson", "gpkg")
        else:
            assert LONGITUDE not in contents(made)
            assert b"POINT" not in contents(made)


def test_who_reads_published_figures_asks_for_no_file_at_all(world: ExportWorld) -> None:
    viewer = make_user("xem", Role.VIEWER, world.cast.project)
    for form in Format:
        with pytest.raises(rights.Forbidden):
            requests.ask(viewer.actor, world.form, Options(form), is_confirmed=True)
