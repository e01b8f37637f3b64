"""What a GeoPackage holds, asked of SQLite before GDAL opens it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

QUERIES: Final = (
    "SELECT 1 FROM sqlite_master JOIN gpkg_contents ON lower(name) = lower(table_name) "
    "WHERE type = 'view'"
)


def has_queries(path: Path) -> bool:
    """Whether a layer is a view, which may compute for ever.

    Parameters
    ----------
    path
        A SQLite file.

    Returns
    -------
    bool
        False too for a file that is damaged or no GeoPackage: the reader says so.

    Example
    -------
    >>> has_queries(Path("no such.gpkg"))
    False
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            return opened.execute(QUERIES).fetchone() is not None
    except sqlite3.Error:
        return False
