"""Maps of the country from its stored level: size, seconds to build, to first drawing, prints.

    python -m tests.bench maps [--communes FILE] [--raw FILE]

`--communes` holds the communes as they are stored at 800 m (GeoJSON, GeoPackage or GeoParquet,
degrees). Without it they are cells about the seats of the shipped list, with about as many points.
`--raw` is a boundary file to clean: the seconds that it takes, and its report.
Goals for one panel and for two: 2.0 MB, 0.5 MB gzip, 2 s, drawn in 1.5 s (measured if Chromium is
there), no request outside. How a million points are placed is measured by `points`.
"""

import argparse
import gzip
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import sync_playwright

from maps.boundaries import clean_boundaries
from maps.boundary_placing import KnownUnit
from maps.classes import fixed_classes
from maps.data_files import figures_table, geojson
from maps.data_files_geopackage import geopackage
from maps.print_files import Format, print_map
from maps.specification import AGAINST, Language, MapArea, MapSpec, Quality, Status, Unit
from maps.webmap import render_html
from surveys.territory.shipped import rows
from tests.bench.points import cells

STEP = 0.02  # degrees: cells have about as many points as communes at 800 m
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def stored(path: Path | None) -> list[str]:
    """Geometry texts as the database keeps them."""
    if path is None:
        shapes = cells(STEP)
    else:
        found = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
        shapes = found.geometry.to_numpy()
    rounded = shapely.transform(shapes, lambda at: np.round(at, 5))
    print(f"{shapely.get_num_coordinates(rounded).sum():,} vertices")
    return [str(text) for text in shapely.to_geojson(rounded)]


def area(at: int, row: dict[str, str], within: str, chance: random.Random) -> MapArea:
    """Figures as a survey of the country would have them: a tenth withheld, a tenth doubtful."""
    name = f"{row['type']} {row['name']}"
    code, url = f"{at:05}", f"/runs/12/communes/{row['code']}/"
    if at % 10 == 0:
        said = ("Chưa đủ người trả lời.", "Too few answers.")
        return MapArea(
            code, name, Status.UNPUBLISHED, n=9, reason_vi=said[0], reason_en=said[1],
            url=url, within=within,
        )  # fmt: skip
    value, margin = min(max(chance.gauss(0.8, 0.12), 0.1), 0.9), chance.uniform(0.02, 0.1)
    is_caution = at % 10 == 1
    return MapArea(
        code, name, Status.CAUTION if is_caution else Status.PUBLISHED,
        value, value - margin, value + margin, chance.randrange(50, 400), chance.randrange(30, 200),
        reason_vi="Sai số lớn." if is_caution else "", reason_en="Wide." if is_caution else "",
        url=url, within=within, against=chance.choice(AGAINST),
    )  # fmt: skip


def specification(n: int) -> MapSpec:
    units = list(rows("units.csv"))
    provinces = {row["code"]: row["name"] for row in units if row["level"] == "province"}
    seats = [row for row in units if row["level"] == "commune" and row["seat_lat"]]
    chance = random.Random(1)
    return MapSpec(
        "Hài lòng theo xã, cả nước", "Satisfaction by commune", "Tỷ lệ hài lòng", "Satisfied",
        Unit.SHARE,
        tuple(
            area(at, row := seats[at % len(seats)], provinces.get(row["parent"], ""), chance)
            for at in range(n)
        ),
        fixed_classes(), "2026", Quality.THIRD_PARTY, "bench", "2025-07-01",
    )  # fmt: skip


def collection(texts: list[str]) -> dict[str, Any]:
    features = [
        {"type": "Feature", "properties": {"code": f"{at:05}"}, "geometry": json.loads(text)}
        for at, text in enumerate(texts)
    ]
    return {"type": "FeatureCollection", "features": features}


def built(texts: list[str], spec: MapSpec, beside: MapSpec | None = None) -> str:
    return render_html(spec, collection(texts), beside=beside)


def drawn(document: str) -> tuple[float, int]:
    """Milliseconds to the first drawing, and requests beside the document itself."""
    asked: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "map.html"
        path.write_text(document, encoding="utf-8")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_function("performance.getEntriesByName('map-ready').length")
        page.wait_for_function("performance.getEntriesByName('map-drawn').length")
        at = page.evaluate("performance.getEntriesByName('map-drawn')[0].startTime")
        chromium.close()
    return float(at), len(asked) - 1


def web(texts: list[str], name: str, spec: MapSpec, beside: MapSpec | None = None) -> None:
    started, used = time.perf_counter(), time.process_time()
    document = built(texts, spec, beside)
    seconds, of_cpu = time.perf_counter() - started, time.process_time() - used
    size = document.encode()
    print(
        f"{name}: {len(size) / 1e6:.2f} MB, {len(gzip.compress(size)) / 1e6:.2f} MB gzip; "
        f"built in {seconds:.2f} s ({of_cpu:.2f} s CPU)"
    )
    if CHROMIUM:
        at, requests = drawn(document)
        print(f"  first drawn after {at / 1000:.2f} s, {requests} requests outside")


def printed(texts: list[str], spec: MapSpec) -> None:
    shapes = collection(texts)
    made: dict[str, Callable[[], bytes]] = {
        "PDF": lambda: print_map(spec, shapes, Format.PDF),
        "SVG": lambda: print_map(spec, shapes, Format.SVG),
        "PNG": lambda: print_map(spec, shapes, Format.PNG),
        "GeoPackage": lambda: geopackage(spec, shapes),
        "GeoJSON": lambda: geojson(spec, shapes),
        "CSV": lambda: figures_table(spec, str),
    }
    for name, make in made.items():
        started, used = time.perf_counter(), time.process_time()
        size = len(make())
        seconds, of_cpu = time.perf_counter() - started, time.process_time() - used
        print(f"  {name}: {size / 1e6:.2f} MB in {seconds:.1f} s ({of_cpu:.1f} s CPU)")


def cleaned(path: Path) -> None:
    """A raw boundary file against the shipped list of communes in force."""
    known = {
        row["code"]: KnownUnit(
            row["name"],
            row["parent"],
            (float(row["seat_lat"]), float(row["seat_lon"])) if row["seat_lat"] else None,
            float(row["area_km2"]) if row["area_km2"] else None,
        )
        for row in rows("units.csv")
        if row["level"] == "commune" and not row["valid_to"]
    }
    started, used = time.perf_counter(), time.process_time()
    found = clean_boundaries(path, known)
    seconds, of_cpu = time.perf_counter() - started, time.process_time() - used
    print(f"{path.name} cleaned in {seconds:.1f} s ({of_cpu:.1f} s CPU):")
    for line in found.report.lines(Language.EN):
        print(f"  {line}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench maps", description=__doc__)
    parser.add_argument("--communes", type=Path)
    parser.add_argument("--raw", type=Path)
    options = parser.parse_args(arguments)
    texts = stored(options.communes)
    spec = specification(len(texts))
    built(texts[:10], specification(10))  # imports
    print(f"{len(texts):,} communes")
    web(texts, "one panel", spec)
    web(texts, "two panels", spec, replace(spec, period="2027"))
    print("files of one map, A4:")
    printed(texts, spec)
    if options.raw:
        cleaned(options.raw)


if __name__ == "__main__":
    main()
