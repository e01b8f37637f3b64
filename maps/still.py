"""A still picture of the map: one SVG with the same paints. Where scripts run, ours removes it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from maps import page
from maps.layers import Layer

WIDTH, MARGIN = 800.0, 12.0
Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class _View:
    """The frame of the picture in spherical Mercator (radians)."""

    west: float
    north: float
    scale: float
    height: float

    def place(self, position: list[float]) -> str:
        x, y = _mercator(position)
        return (
            f"{MARGIN + (x - self.west) * self.scale:.1f} "
            f"{MARGIN + (self.north - y) * self.scale:.1f}"
        )


def picture(layer: Layer, shapes: Mapping[str, Any]) -> str:
    """The shapes as an SVG picture.

    Parameters
    ----------
    layer
        Gives the paint of each area.
    shapes
        A FeatureCollection from `maps.webmap.drawn`.

    Returns
    -------
    str
        An SVG element that uses the patterns of `maps.page.patterns`; empty without shapes.

    Example
    -------
    >>> from maps.classes import fixed_classes
    >>> from maps.layers import layers_of
    >>> from maps.specification import Language, MapSpec, Quality, Unit
    >>> spec = MapSpec("Bản đồ", "Map", "Hài lòng", "Satisfied", Unit.SHARE, (), fixed_classes(),
    ...                "2026", Quality.SCHEMATIC, "khaosat", "2025-07-01")
    >>> picture(layers_of((spec,), Language.EN)[0], {"features": []})
    ''
    """
    features = shapes["features"]
    if not features:
        return ""
    view = _view([point for f in features for ring in _rings(f["geometry"]) for point in ring])
    paths = "".join(
        f'<path d="{_path(f["geometry"], view)}" fill="{page.fill(layer.areas[f["id"]], layer)}" '
        f'stroke="#45505c"><title>{page.inert(layer.areas[f["id"]].name)}</title></path>'
        for f in features
        if f["id"] in layer.areas  # the other panel may show more
    )
    return (
        f'<svg class="still" role="img" viewBox="0 0 {WIDTH:.0f} {view.height:.0f}">{paths}</svg>'
    )


def _mercator(position: list[float]) -> tuple[float, float]:
    lon, lat = math.radians(position[0]), math.radians(position[1])
    return lon, math.log(math.tan(math.pi / 4 + lat / 2))


def _rings(geometry: Mapping[str, Any]) -> Iterable[Ring]:
    several = geometry["type"] == "MultiPolygon"
    for polygon in geometry["coordinates"] if several else [geometry["coordinates"]]:
        yield from polygon


def _view(points: list[list[float]]) -> _View:
    flat = [_mercator(point) for point in points]
    west, east = min(x for x, _ in flat), max(x for x, _ in flat)
    south, north = min(y for _, y in flat), max(y for _, y in flat)
    scale = (WIDTH - 2 * MARGIN) / max(east - west, 1e-9)
    return _View(west, north, scale, (north - south) * scale + 2 * MARGIN)


def _path(geometry: Mapping[str, Any], view: _View) -> str:
    return "".join(
        "M" + "L".join(view.place(point) for point in ring) + "Z" for ring in _rings(geometry)
    )
