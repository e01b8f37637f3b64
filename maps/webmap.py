"""The web map: one self-contained HTML document that asks nobody for anything.

`OfflineMap` is the only place that touches folium. Leaflet stands in the document itself; what
people wrote stands only in the HTML table, escaped, and the script copies it from there as text.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import folium
from folium.template import Template
from folium.utilities import JsCode

from maps import page, still
from maps.numbers import number
from maps.phrases import phrase
from maps.specification import Language, MapArea, MapSpec

GeoJson = Mapping[str, Any]
# so many shapes at most, and the line (pixels) that still leaves room for their colour
OUTLINES = ((60, 1.5), (300, 0.8), (10**9, 0.3))


class _Ready(folium.MacroElement):
    """Hands the finished map to our script."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "khaosat.ready({{ this._parent.get_name() }});{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # folium leaves it untyped
        self._id = "ready"


class OfflineMap(folium.Map):
    """folium's map without its eleven remote files, its random names and its zoom lock.

    Parameters
    ----------
    spec
        Figures and classes; areas without a shape stay in the table.
    geometry
        GeoJSON FeatureCollection in longitude and latitude; property `code` names the area.
    """

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []
    _template = Template(
        "{% macro script(this, kwargs) %}document.getElementById('map').hidden = false;"
        "var {{ this.get_name() }} = L.map('map', {{ this.options|tojavascript }});{% endmacro %}"
    )

    def __init__(self, spec: MapSpec, geometry: GeoJson) -> None:
        super().__init__(location=(16.0, 106.0), zoom_start=6, tiles=None)
        self._id = "khaosat"
        self.options: dict[str, Any] = {
            "zoomControl": False,  # ours carries translated titles
            "attributionControl": False,
            "zoomSnap": 0.1,
            "zoomAnimation": False,  # the first view stands at once, and is what a printer gets
            "scrollWheelZoom": False,  # the page around it must scroll
            "dragging": JsCode("!L.Browser.mobile"),
            "maxZoom": 15,
            "center": [16.0, 106.0],
            "zoom": 6,
        }
        areas = {area.code: area for area in spec.areas}
        shapes = drawn(geometry, areas)
        if shapes["features"]:
            self._add_shapes(shapes, areas, spec)
        self.add_child(_Ready())

    def _add_shapes(self, shapes: GeoJson, areas: Mapping[str, MapArea], spec: MapSpec) -> None:
        weight = next(line for most, line in OUTLINES if len(shapes["features"]) <= most)

        def style(feature: GeoJson) -> dict[str, object]:
            paint = page.fill(areas[feature["properties"]["code"]], spec)
            return {"fillColor": paint, "fillOpacity": 1, "color": "#45505c", "weight": weight}

        layer = folium.GeoJson(
            shapes,
            style_function=style,
            on_each_feature=JsCode("khaosat.each"),
            zoom_on_click=False,
        )
        layer._id = "areas"
        layer.add_to(self)
        bounds: Any = layer.get_bounds()  # south-west, north-east
        # room for the zoom buttons' row above and the stamp below
        self.fit_bounds(bounds, padding_top_left=(14, 14), padding_bottom_right=(14, 44))

    def script(self) -> str:
        """What draws the map once Leaflet and our script are there."""
        root: Any = self.get_root()
        for child in root._children.values():
            child.render()
        return str(root.script.render())


def drawn(geometry: GeoJson, areas: Mapping[str, MapArea]) -> dict[str, Any]:
    """The shapes of the areas asked for, stripped of every property but the code.

    Parameters
    ----------
    geometry
        A GeoJSON FeatureCollection.
    areas
        By code.

    Returns
    -------
    dict
        A FeatureCollection whose features carry `id` and property `code` only.

    Raises
    ------
    ValueError
        If it is no FeatureCollection.

    Example
    -------
    >>> drawn({"type": "FeatureCollection", "features": []}, {})["features"]
    []
    """
    if geometry.get("type") != "FeatureCollection":
        raise ValueError("the geometry of a map must be a GeoJSON FeatureCollection")
    features = []
    for feature in geometry["features"]:
        code = (feature.get("properties") or {}).get("code")
        shape = feature.get("geometry")
        if code in areas and shape and shape["type"] in ("Polygon", "MultiPolygon"):
            kept = {"type": shape["type"], "coordinates": shape["coordinates"]}
            features.append(
                {"type": "Feature", "id": code, "properties": {"code": code}, "geometry": kept}
            )
    return {"type": "FeatureCollection", "features": features}


def render_html(spec: MapSpec, geometry: GeoJson, lang: str = "vi") -> str:
    """The whole map as one HTML document that makes no request at all.

    Show it in `<iframe sandbox="allow-scripts allow-top-navigation-by-user-activation">` and serve
    it with the header that `content_security_policy` gives. It also carries the policy itself, so
    a copy sent by mail is as safe. Without JavaScript it shows a still picture and the same table.

    Parameters
    ----------
    spec
        What to show.
    geometry
        From `maps.tiles.schematic_tiles` or an imported boundary set: GeoJSON in longitude and
        latitude whose features carry `code`. Areas without a shape appear in the table only.
    lang
        "vi" or "en".

    Returns
    -------
    str
        The document; equal input gives equal bytes.

    Raises
    ------
    ValueError
        If the language is neither, or the geometry is no FeatureCollection.

    Example
    -------
    >>> from maps.classes import fixed_classes
    >>> from maps.specification import Quality, Unit
    >>> spec = MapSpec("Bản đồ", "Map", "Hài lòng", "Satisfied", Unit.SHARE, (), fixed_classes(),
    ...                "2026", Quality.SCHEMATIC, "khaosat", "2025-07-01")
    >>> render_html(spec, {"type": "FeatureCollection", "features": []}, "en")[:32]
    '<!DOCTYPE html>\\n<html lang="en">'
    """
    language = Language(lang)
    shapes = drawn(geometry, {area.code: area for area in spec.areas})
    scripts = (_asset("vendor/leaflet/leaflet.js"), _asset("assets/map.js"))
    drawing = OfflineMap(spec, geometry).script()
    policy = _policy((*scripts, drawing))
    return (
        f'<!DOCTYPE html>\n<html lang="{language.value}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{page.inert(spec.text('title', language))}</title>\n"
        f"<style>{_asset('vendor/leaflet/leaflet.css')}\n{_asset('assets/map.css')}</style>\n"
        f"</head>\n{_body(spec, shapes, language)}\n"
        + "".join(f"<script>{text}</script>\n" for text in (*scripts, drawing))
        + "</body>\n</html>\n"
    )


def content_security_policy(document: str) -> str:
    """The header to serve a rendered map with: its own policy, sandboxed, framed by us alone.

    Parameters
    ----------
    document
        What `render_html` returned.

    Returns
    -------
    str
        The value of `Content-Security-Policy`.

    Raises
    ------
    ValueError
        If the document is not a rendered map.

    Example
    -------
    >>> content_security_policy('<meta http-equiv="Content-Security-Policy" content="a b">')[:3]
    'a b'
    """
    opening = '<meta http-equiv="Content-Security-Policy" content="'
    _, found, rest = document.partition(opening)
    if not found:
        raise ValueError("this document carries no policy: it was not made by render_html")
    own = rest.partition('"')[0]
    return (
        f"{own}; frame-ancestors 'self'; "
        "sandbox allow-scripts allow-top-navigation-by-user-activation"
    )


def _policy(scripts: tuple[str, ...]) -> str:
    """Only these very scripts run, and nothing is loaded or sent."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in scripts)
    allowed = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _body(spec: MapSpec, shapes: GeoJson, lang: Language) -> str:
    words = {
        "zoom-in": phrase("zoom_in", lang),
        "zoom-out": phrase("zoom_out", lang),
        "interval": phrase("interval", lang, level=number(spec.confidence * 100, lang)),
        "answers": phrase("answers", lang),
        "effective": phrase("effective", lang),
    }
    data = " ".join(f'data-{name}="{page.inert(text)}"' for name, text in words.items())
    return (
        f"<body {data}>\n{page.patterns(spec.classes)}<main>\n{page.heading(spec, lang)}\n"
        f'<div class="frame"><div class="stage">'
        f'<div id="map" hidden></div>{still.picture(spec, shapes)}'
        f"{page.stamp(spec, lang)}</div>\n"
        '<div class="card" id="card" aria-live="polite">'
        f'<span class="how">{phrase("how", lang)}</span></div>\n{page.legend(spec, lang)}</div>\n'
        f"{page.table(spec, lang)}\n{page.sources(spec, lang)}\n</main>"
    )


@cache
def _asset(path: str) -> str:
    """A file of this package; Leaflet's own links to pictures and source maps are cut off."""
    text = files("maps").joinpath(path).read_text(encoding="utf-8")
    lines = [
        line
        for line in text.splitlines()
        if "sourceMappingURL" not in line
        and "url(images/" not in line
        and "behavior: url" not in line
    ]
    return "\n".join(lines)
