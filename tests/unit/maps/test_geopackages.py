"""GeoPackages are read as data, under any name; a layer that is a query is not run."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from maps.boundaries import clean_boundaries
from maps.boundary_report import BoundaryFileError
from tests.unit.maps.test_boundaries import KNOWN, squares, written

ENDLESS = (
    'CREATE VIEW "x" AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) '
    "SELECT n AS fid, '00011' AS ma, (SELECT geom FROM kept) AS geom FROM r"
)


def test_a_geopackage_under_the_name_of_a_zip_is_one(tmp_path: Path) -> None:
    path = written(squares(), tmp_path / "x.gpkg").rename(tmp_path / "x.zip")
    assert clean_boundaries(path, KNOWN).report.communes == 4


def test_a_layer_that_counts_for_ever_is_refused(tmp_path: Path) -> None:
    path = written(squares(), tmp_path / "x.gpkg")
    with closing(sqlite3.connect(path)) as opened:
        opened.execute('CREATE TABLE kept AS SELECT * FROM "x"')
        opened.execute("DELETE FROM gpkg_ogr_contents")
        for (name,) in opened.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            opened.execute(f'DROP TRIGGER "{name}"')
        opened.execute('DROP TABLE "x"')
        opened.execute(ENDLESS)
        opened.commit()
    with pytest.raises(BoundaryFileError, match="is a query"):
        clean_boundaries(path, KNOWN)
