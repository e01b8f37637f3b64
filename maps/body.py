"""What stands in a map document above its table: heading, tools, panels with their legends."""

from collections.abc import Mapping
from typing import Any

from maps import page, still
from maps.layers import Layer, codes_of
from maps.numbers import number
from maps.phrases import phrase
from maps.specification import Language

GeoJson = Mapping[str, Any]
COUNTRY = 400  # shapes above which a canvas draws them, and no still picture is added


def element(position: int) -> str:
    """The id of a panel's element."""
    return f"map-{position}" if position else "map"


def body(layers: tuple[Layer, ...], shapes: GeoJson, lang: Language) -> str:
    """The opened `<body>` and `<main>`: all that stands above the scripts that draw."""
    n = len(codes_of(layers))
    level = number(layers[0].spec.confidence * 100, lang)
    words = {
        "zoom-in": phrase("zoom_in", lang),
        "zoom-out": phrase("zoom_out", lang),
        "interval": phrase("interval", lang, level=level),
        "answers": phrase("answers", lang),
        "effective": phrase("effective", lang),
        "nothing-found": phrase("nothing_found", lang),
        "shown-of": phrase("shown_of", lang, "%a", "%b"),
        "page-of": phrase("page_of", lang),
        "country": str(COUNTRY),
    }
    words |= {each: phrase(each, lang) for each in ("caution", "unpublished", "missing")}
    data = " ".join(f'data-{name}="{page.inert(text)}"' for name, text in words.items())
    colours = set().union(*(layer.colours() for layer in layers))
    card = (
        '<div class="card" id="card" aria-live="polite">'
        f'<span class="how">{phrase("how_country" if n > COUNTRY else "how", lang)}</span></div>'
    )
    if len(layers) == 1:
        panels = f"{_stage(layers, 0, shapes, lang)}<div class=side>{card}\n"
        panels += f"{page.legends(layers[0], lang, 0)}</div>"
    else:
        panels = "".join(
            f'<div class="panel"><h2>{page.named(layer, lang)}</h2>'
            f"{_stage(layers, at, shapes, lang)}{page.legends(layer, lang, at)}</div>"
            for at, layer in enumerate(layers)
        )
        panels += card
    frame = "frame" + (" two" if len(layers) > 1 else "") + (" many" if n > COUNTRY else "")
    return (
        f"<body {data}>\n{page.patterns(colours)}<main>\n{page.heading(layers, lang)}\n"
        f"{page.tools(layers, lang, n)}\n"
        f'<div class="{frame}">{panels}</div>'
    )


def _stage(layers: tuple[Layer, ...], position: int, shapes: GeoJson, lang: Language) -> str:
    """Where a map will be; until then, and without a script, its still picture."""
    layer = layers[position]
    if len(shapes["features"]) > COUNTRY:
        before = f"<noscript><p>{phrase('no_script', lang)}</p></noscript>"
    else:
        before = still.picture(layer, shapes)
    return (
        f'<div class="stage"><div id="{element(position)}" class="map" hidden></div>'
        f"{before}{page.stamp(layer.spec, lang)}</div>\n"
    )
