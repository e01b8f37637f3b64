"""The web map: one self-contained HTML document that asks nobody for anything.

`OfflineMap` is the only place that touches folium. Leaflet stands in the document itself; what
people wrote stands only in the HTML table, escaped, and the script copies it from there as text.
"""

import base64
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import folium
from folium.template import Template
from folium.utilities import JsCode

from maps import page, twin
from maps.body import body, element
from maps.layers import Layer, codes_of, layers_of
from maps.specification import Language, MapSpec
from maps.topology import topology

GeoJson = Mapping[str, Any]


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

    It holds no shapes: our script takes them from the document's TopoJSON.

    Parameters
    ----------
    position
        Of the panel, from the left; its element is `map` or `map-1`.
    """

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "document.getElementById('{{ this.element }}').hidden = false;"
        "var {{ this.get_name() }} = "
        "L.map('{{ this.element }}', {{ this.options|tojavascript }});{% endmacro %}"
    )

    def __init__(self, position: int = 0) -> None:
        super().__init__(location=(16.0, 106.0), zoom_start=6, tiles=None)
        self._id = f"khaosat_{position}"
        self.element = element(position)
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
        self.add_child(_Ready())

    def script(self) -> str:
        """What draws the map once Leaflet and our script are there."""
        root: Any = self.get_root()
        for child in root._children.values():
            child.render()
        return str(root.script.render())


def drawn(geometry: GeoJson, areas: Collection[str]) -> dict[str, Any]:
    """The shapes of the areas asked for, stripped of every property but the code.

    Parameters
    ----------
    geometry
        A GeoJSON FeatureCollection.
    areas
        Their codes.

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
    >>> drawn({"type": "FeatureCollection", "features": []}, ())["features"]
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


def render_html(
    spec: MapSpec,
    geometry: GeoJson,
    lang: str = "vi",
    *,
    beside: MapSpec | None = None,
    view: str = "policy",
) -> str:
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
    beside
        Another indicator or time of the same areas: two panels that move together.
    view
        The view that is shown first, a key of `maps.views.views`; without scripts the only one.

    Returns
    -------
    str
        The document; equal input gives equal bytes.

    Raises
    ------
    ValueError
        If the language is neither, the figures allow no such view, or the geometry is no
        FeatureCollection.

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
    layers = layers_of((spec,) if beside is None else (spec, beside), language, view)
    shapes = drawn(geometry, set(codes_of(layers)))
    scripts = [_asset(f"assets/{name}.js") for name in ("shapes", "panel", "find", "twin", "map")]
    drawing = "".join(OfflineMap(position).script() for position in range(len(layers)))
    scripts = [_asset("vendor/leaflet/leaflet.js"), "\n".join(scripts), drawing]
    start = "khaosat.start();"
    policy = _policy((*scripts, start))
    return (
        f'<!DOCTYPE html>\n<html lang="{language.value}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<base target="_top">\n'  # pages about areas replace the page around the map
        f"<title>{page.inert(spec.text('title', language))}</title>\n"
        f"<style>{_asset('vendor/leaflet/leaflet.css')}\n{_asset('assets/map.css')}"
        f"{twin.paints(layers[0])}</style>\n"
        f"</head>\n{body(layers, shapes, language)}\n"
        f'<script type="application/json" id="shapes">{_data(topology(shapes))}</script>\n'
        f'<script type="application/json" id="marks">{_data(_marks(layers))}</script>\n'
        + "".join(f"<script>{text}</script>\n" for text in scripts)  # draws before the table comes
        + f"{twin.table(layers, language)}\n{page.sources(layers, language)}\n</main>\n"
        f"<script>{start}</script>\n</body>\n</html>\n"
    )


def _marks(layers: tuple[Layer, ...]) -> dict[str, list[str]]:
    return {code: [layer.marks(code) for layer in layers] for code in codes_of(layers)}


def _data(found: object) -> str:
    """A data block. Codes are checked, so nothing in it can close its element; still."""
    return json.dumps(found, separators=(",", ":")).replace("<", "\\u003c")


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


def _policy(scripts: Sequence[str]) -> str:
    """Only these very scripts run, and nothing is loaded or sent."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in scripts)
    allowed = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
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
