"""A GeoPackage of a map: figures with shapes, what has to be said of them, and the QGIS style.

pyogrio writes the layer; the style and the facts are two tables more.
"""

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import geopandas
import shapely

from maps.data_files import COLUMNS, Row, about, rows, shapes_by_code
from maps.data_files_qgis import COLUMN, paint_key, qml
from maps.specification import MapSpec, Status

LAYER: Final = "khaosat_map"
MADE_AT: Final = "2000-01-01T00:00:00.000Z"  # equal figures give equal bytes
_STYLES: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME);
CREATE TABLE khaosat_about (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, what TEXT, value TEXT);
"""


def geopackage(spec: MapSpec, geometry: Mapping[str, Any]) -> bytes:
    """The map as a GeoPackage that QGIS opens in its colours.

    Parameters
    ----------
    spec
        What the map shows; withheld figures are not in it.
    geometry
        GeoJSON FeatureCollection whose features carry `code`.

    Returns
    -------
    bytes
        One layer `khaosat_map` (areas without a shape have none), the tables `layer_styles`
        (QML, used by default) and `khaosat_about` (source, licence, quality of the shapes).

    Raises
    ------
    ValueError
        If the geometry is no FeatureCollection.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.gpkg"
        _layer(spec, geometry, path)
        with closing(sqlite3.connect(path)) as package:
            _said(package, spec)
            package.execute("VACUUM")
        return path.read_bytes()


def _layer(spec: MapSpec, geometry: Mapping[str, Any], path: Path) -> None:
    found = rows(spec)
    shapes = shapes_by_code(spec, geometry)
    columns: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in found] for name in COLUMNS
    }
    columns[COLUMN] = [_paint(row) for row in found]
    kinds = {"estimate": "float64", "lower": "float64", "upper": "float64", "n_eff": "float64"}
    frame = geopandas.GeoDataFrame(
        columns, geometry=[_shape(shapes.get(row.code)) for row in found], crs="EPSG:4326"
    ).astype({**kinds, "n": "Int64", "class_no": "int32"})
    told = about(spec)
    frame.to_file(
        path,
        driver="GPKG",
        layer=LAYER,
        engine="pyogrio",
        geometry_type="MultiPolygon",
        promote_to_multi=True,
        layer_metadata={each.name: str(getattr(told, each.name)) for each in fields(told)},
    )


def _paint(row: Row) -> str:
    return paint_key(Status(row.status), row.class_no)


def _shape(geometry: Any) -> Any:
    return None if geometry is None else shapely.geometry.shape(geometry)


def _said(package: sqlite3.Connection, spec: MapSpec) -> None:
    told = about(spec)
    package.executescript(_STYLES)
    package.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, 'geom', 'khaosat', ?, '', 1, ?, '', ?)",
        (LAYER, qml(spec), told.title_vi, MADE_AT),
    )
    package.executemany(
        "INSERT INTO khaosat_about (what, value) VALUES (?, ?)",
        [(each.name, str(getattr(told, each.name))) for each in fields(told)],
    )
    for table in ("layer_styles", "khaosat_about"):
        package.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES"
            " (?, 'attributes', ?)",
            (table, table),
        )
    package.execute(
        "UPDATE gpkg_contents SET description = ? WHERE table_name = ?", (told.indicator_vi, LAYER)
    )
    package.execute("UPDATE gpkg_contents SET last_change = ?", (MADE_AT,))
    package.execute("UPDATE gpkg_metadata_reference SET timestamp = ?", (MADE_AT,))
    package.commit()
