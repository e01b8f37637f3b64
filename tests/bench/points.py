"""A million GPS points in their communes.

    python -m tests.bench points [--communes FILE]

FILE holds the communes (GeoParquet, GeoPackage or GeoJSON, degrees). Without one they are cells
about the seats of the shipped list, with as many vertices as real ones at 100 m. Goal: 4 s of CPU.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from maps.points import PointIndex
from surveys.territory.shipped import rows

N = 1_000_000


def stored(path: Path) -> Any:
    found = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    return found.geometry.to_numpy()


def cells(step: float = 0.003) -> Any:
    """Voronoi cells about the seats, cut to the country's box, wavy borders with such steps."""
    seats = [
        (float(row["seat_lon"]), float(row["seat_lat"]))
        for row in rows("units.csv")
        if row["level"] == "commune" and row["seat_lat"]
    ]
    found = shapely.voronoi_polygons(shapely.MultiPoint(seats))
    shapes = shapely.intersection(shapely.get_parts(found), shapely.box(102, 7, 116, 24))
    dense = shapely.segmentize(shapes, step)
    return shapely.transform(dense, lambda at: at + 0.001 * np.sin(at[:, ::-1] * 2000))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench points", description=__doc__)
    parser.add_argument("--communes", type=Path)
    options = parser.parse_args(arguments)
    communes = cells() if options.communes is None else stored(options.communes)
    random = np.random.default_rng(1)
    inside = shapely.point_on_surface(communes)[random.integers(0, len(communes), N)]
    lat = shapely.get_y(inside) + random.normal(0, 0.03, N)
    lon = shapely.get_x(inside) + random.normal(0, 0.03, N)
    print(f"{len(communes):,} communes, {shapely.get_num_coordinates(communes).sum():,} vertices")
    started = time.process_time()
    index = PointIndex({f"{at:05}": shape for at, shape in enumerate(communes)})
    found = index.find(lat, lon)
    print(f"{N:,} points: {time.process_time() - started:.2f} s CPU")
    print(f"in none: {np.mean(found < 0):.1%}")
    started = time.process_time()
    index.place(lat[:100_000], lon[:100_000], np.full(100_000, 10.0))
    print(f"100,000 with distance to the border: {time.process_time() - started:.2f} s CPU")


if __name__ == "__main__":
    main()
