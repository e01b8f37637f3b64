"""The readable part of a map document: heading, tools, legends, sources. Plain HTML, no script."""

import html
from collections.abc import Collection, Iterable, Sequence

from maps.classes import is_dark
from maps.layers import Layer
from maps.phrases import phrase, quality
from maps.specification import Language, MapArea, MapSpec, Quality, Status
from maps.views import View

# Beyond what html.escape does: the backtick, $, {, } and backslash end or open expressions in
# script templates, and braces are instructions to the template engine that folium renders with.
INERT = str.maketrans({"`": "&#96;", "$": "&#36;", "{": "&#123;", "}": "&#125;", "\\": "&#92;"})
SEARCHED = 12  # areas from which on a reader needs a search, a filter and a scrolling table


def inert(text: str) -> str:
    """Text that stays text in HTML, in an attribute, in a script template and in Jinja.

    Parameters
    ----------
    text
        Whatever people wrote.

    Returns
    -------
    str
        HTML that shows exactly this text.

    Example
    -------
    >>> inert("<b>${x}")
    '&lt;b&gt;&#36;&#123;x&#125;'
    """
    return html.escape(text, quote=True).translate(INERT)


def fill(area: MapArea, layer: Layer) -> str:
    """The paint of an area: the colour of its group, or a hatch defined by `patterns`."""
    colour = layer.colour(area.code)
    if colour is None:
        return f"url(#{area.status.value})"
    return lined(colour) if area.status is Status.CAUTION else colour


def lined(colour: str) -> str:
    """The paint of a cautioned area: lines over its colour."""
    return f"url(#caution-{colour[1:]})"


def patterns(colours: Iterable[str]) -> str:
    """The hatches as SVG patterns: dense grey, dots, and thin lines over each colour.

    Those called `over-…` have no ground: they lie on what a canvas has painted.
    """
    light, dark = "#dfe5ee", "#6b6b6b"
    made = [
        _lines("unpublished", 6, 3, "#8a8a8a", "#f1f1f1"),
        _lines("over-unpublished", 5, 2, "#8a8a8a"),
        _lines("over-light", 7, 1.3, light),
        _lines("over-dark", 7, 1.3, dark),
        _dots("missing", "#f4f4f4"),
        _dots("over-missing"),
    ]
    made += [
        _lines(f"caution-{each[1:]}", 9, 1.6, light if is_dark(each) else dark, each)
        for each in sorted(colours)
    ]
    return (
        '<svg width="0" height="0" class="defs" aria-hidden="true">'
        f"<defs>{''.join(made)}</defs></svg>"
    )


def _lines(name: str, width: float, line: float, ink: str, ground: str = "none") -> str:
    return (
        f'<pattern id="{name}" width="{width}" height="{width}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{width}" height="{width}" fill="{ground}"/>'
        f'<path d="M0 0V{width}" stroke="{ink}" stroke-width="{line}"/></pattern>'
    )


def _dots(name: str, ground: str = "none") -> str:
    return (
        f'<pattern id="{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{ground}"/>'
        '<circle cx="4" cy="4" r="1.1" fill="#8a8a8a"/></pattern>'
    )


def swatch(paint: str) -> str:
    return (
        '<svg class="swatch" viewBox="0 0 26 18" aria-hidden="true">'
        f'<rect x=".5" y=".5" width="25" height="17" fill="{paint}" stroke="#555"/></svg>'
    )


def heading(layers: Sequence[Layer], lang: Language) -> str:
    """Title, what is shown, about whom, when; of two panels whatever differs."""
    first = layers[0].spec
    facts: dict[str, None] = {}
    for layer in layers:
        spec = layer.spec
        facts[inert(spec.text("indicator", lang))] = None
        if spec.base_vi:
            facts[f"{phrase('base', lang)}: {inert(spec.text('base', lang))}"] = None
        facts[f"{phrase('period', lang)}: {inert(spec.period)}"] = None
    lines = "".join(f"<p>{fact}</p>" for fact in facts)
    return f"<header><h1>{inert(first.text('title', lang))}</h1>{lines}</header>"


def named(layer: Layer, lang: Language) -> str:
    """What a panel and its columns are called beside another."""
    told = (layer.spec.text(each, lang) for each in ("indicator", "kind"))
    return " · ".join(inert(each) for each in (*told, layer.spec.period) if each)


def stamp(spec: MapSpec, lang: Language) -> str:
    """The warning across schematic shapes, or nothing."""
    if spec.boundary_quality is not Quality.SCHEMATIC:
        return ""
    return f'<p class="stamp">{phrase("stamp", lang)}</p>'


def tools(layers: Sequence[Layer], lang: Language, n: int) -> str:
    """Search and choice of view; hidden until the script that serves them runs."""
    parts = []
    if n > SEARCHED:
        parts.append(
            f'<div class="find"><label for="find">{phrase("search", lang)}</label>'
            '<input id="find" type="search" role="combobox" aria-expanded="false" '
            'aria-controls="found" aria-autocomplete="list" autocomplete="off" '
            f'spellcheck="false" placeholder="{phrase("search_hint", lang)}">'
            '<ul id="found" role="listbox" hidden></ul></div>'
        )
    if len(layers[0].views) > 1:
        choices = "".join(
            f'<option value="{view.key}"{" selected" if view is layers[0].view else ""}>'
            f"{view.name}</option>"
            for view in layers[0].views
        )
        parts.append(
            f'<div><label for="view">{phrase("colour_by", lang)}</label>'
            f'<select id="view">{choices}</select></div>'
        )
    return f'<div class="tools" hidden>{"".join(parts)}</div>' if parts else ""


def legends(layer: Layer, lang: Language, position: int) -> str:
    """The legend of each view, the first one showing, and the hatches that this map uses."""
    used = {area.status for area in layer.spec.areas}
    named = inert(layer.spec.text("indicator", lang))
    said = "".join(
        _legend(view, used, named, lang, is_first=view is layer.view) for view in layer.views
    )
    return f'<div class="legends" data-layer="{position}">{said}</div>'


def _hatches(view: View, used: Collection[Status], lang: Language) -> str:
    middle = view.groups[len(view.groups) // 2].colour
    lines = {
        Status.CAUTION: (lined(middle), phrase("caution_legend", lang)),
        Status.UNPUBLISHED: ("url(#unpublished)", phrase("unpublished_legend", lang)),
        Status.MISSING: ("url(#missing)", phrase("missing", lang)),
    }
    return "".join(
        f"<li>{swatch(paint)} {label}</li>"
        for status, (paint, label) in lines.items()
        if status in used
    )


def _legend(
    view: View, used: Collection[Status], named: str, lang: Language, *, is_first: bool
) -> str:
    rows = "".join(
        f"<li>{swatch(group.colour)} {group.label}</li>" for group in reversed(view.groups)
    )
    colours = " ".join(group.colour for group in view.groups)
    what = named if view.key == "policy" else f"{named} – {view.name}"
    warning = f'<p class="warn">{view.warning}</p>' if view.warning else ""
    return (
        f'<section class="legend" data-view="{view.key}" data-colours="{colours}"'
        f"{'' if is_first else ' hidden'}><h2>{phrase('legend', lang)}</h2>"
        f"<p>{what}</p>{warning}<ul>{rows}{_hatches(view, used, lang)}</ul></section>"
    )


def sources(layers: Sequence[Layer], lang: Language) -> str:
    """Where figures and shapes come from, and how far the shapes can be trusted."""
    lines: dict[str, None] = {}
    for name in ("note", "kind", "source"):
        for layer in layers:
            if layer.spec.text(name, lang):
                lines[f"<b>{phrase(name, lang)}:</b> {inert(layer.spec.text(name, lang))}"] = None
    spec = layers[0].spec
    licence = spec.boundary_licence and f"{phrase('licence', lang)} {inert(spec.boundary_licence)}"
    worth = quality(spec.boundary_quality, lang)
    shapes = (worth, inert(spec.boundary_source), inert(spec.boundary_date), licence)
    lines[f"<b>{phrase('boundaries', lang)}:</b> {'; '.join(filter(None, shapes))}"] = None
    return f"<footer>{''.join(f'<p>{line}</p>' for line in lines)}</footer>"
