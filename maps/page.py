"""The readable part of a map document: heading, legend, table, sources. Plain HTML, no script."""

import html

from maps.classes import MapClass, class_index
from maps.numbers import figure, interval, number
from maps.phrases import phrase, quality
from maps.specification import Language, MapArea, MapSpec, Quality, Status, Unit

# Beyond what html.escape does: the backtick, $, {, } and backslash end or open expressions in
# script templates, and braces are instructions to the template engine that folium renders with.
INERT = str.maketrans({"`": "&#96;", "$": "&#36;", "{": "&#123;", "}": "&#125;", "\\": "&#92;"})


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


def fill(area: MapArea, spec: MapSpec) -> str:
    """The paint of an area: its class colour, or a hatch defined by `patterns`."""
    if area.estimate is None:
        return f"url(#{area.status.value})"
    position = class_index(area.estimate, spec.classes)
    return (
        f"url(#caution-{position})"
        if area.status is Status.CAUTION
        else spec.classes[position].colour
    )


def ink(area: MapArea, spec: MapSpec) -> str:
    """Whether words on the area's paint are to be dark or light."""
    if area.estimate is None:
        return "dark"
    return "light" if spec.classes[class_index(area.estimate, spec.classes)].is_dark else "dark"


def ruling(c: MapClass) -> str:
    """A line colour that shows on the class colour."""
    return "#dfe5ee" if c.is_dark else "#6b6b6b"


def patterns(classes: tuple[MapClass, ...]) -> str:
    """The hatches as SVG patterns: dense grey, dots, and thin lines over each class colour."""
    lines = (
        '<pattern id="{id}" width="{w}" height="{w}" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="{w}" height="{w}" fill="{ground}"/>'
        '<path d="M0 0V{w}" stroke="{ink}" stroke-width="{line}"/></pattern>'
    )
    cautions = "".join(
        lines.format(id=f"caution-{i}", w=9, ground=c.colour, ink=ruling(c), line=1.6)
        for i, c in enumerate(classes)
    )
    dots = (
        '<pattern id="missing" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect width="8" height="8" fill="#f4f4f4"/><circle cx="4" cy="4" r="1.1" fill="#8a8a8a"/>'
        "</pattern>"
    )
    hatch = lines.format(id="unpublished", w=6, ground="#f1f1f1", ink="#8a8a8a", line=3)
    return (
        '<svg width="0" height="0" class="defs" aria-hidden="true">'
        f"<defs>{hatch}{dots}{cautions}</defs></svg>"
    )


def swatch(paint: str) -> str:
    return (
        '<svg class="swatch" viewBox="0 0 26 18" aria-hidden="true">'
        f'<rect x=".5" y=".5" width="25" height="17" fill="{paint}" stroke="#555"/></svg>'
    )


def heading(spec: MapSpec, lang: Language) -> str:
    """Title, what is shown, about whom, when."""
    facts = [inert(spec.text("indicator", lang))]
    if spec.base_vi:
        facts.append(f"{phrase('base', lang)}: {inert(spec.text('base', lang))}")
    facts.append(f"{phrase('period', lang)}: {inert(spec.period)}")
    lines = "".join(f"<p>{fact}</p>" for fact in facts)
    return f"<header><h1>{inert(spec.text('title', lang))}</h1>{lines}</header>"


def stamp(spec: MapSpec, lang: Language) -> str:
    """The warning across schematic shapes, or nothing."""
    if spec.boundary_quality is not Quality.SCHEMATIC:
        return ""
    return f'<p class="stamp">{phrase("stamp", lang)}</p>'


def _bound(value: float, spec: MapSpec, lang: Language) -> str:
    if spec.unit is Unit.SHARE and abs(value * 100 - round(value * 100)) < 1e-9:
        return number(value * 100, lang) + ("%" if lang is Language.EN else "\u00a0%")
    return figure(value, spec.unit, lang)


def legend(spec: MapSpec, lang: Language) -> str:
    """Every class with its range, then the hatches that this map uses."""
    rows = []
    for position, c in reversed(list(enumerate(spec.classes))):
        low, high = _bound(c.lower, spec, lang), _bound(c.upper, spec, lang)
        if position == len(spec.classes) - 1:
            label = phrase("from", lang, low)
        elif position == 0:
            label = phrase("below", lang, high)
        else:
            label = phrase("between", lang, low, high)
        rows.append((c.colour, label))
    used = {area.status for area in spec.areas}
    if Status.CAUTION in used:
        rows.append((f"url(#caution-{len(spec.classes) // 2})", phrase("caution_legend", lang)))
    if Status.UNPUBLISHED in used:
        rows.append(("url(#unpublished)", phrase("unpublished_legend", lang)))
    if Status.MISSING in used:
        rows.append(("url(#missing)", phrase("missing", lang)))
    items = "".join(f"<li>{swatch(paint)} {label}</li>" for paint, label in rows)
    return (
        f'<section class="legend"><h2>{phrase("legend", lang)}</h2>'
        f"<p>{inert(spec.text('indicator', lang))}</p><ul>{items}</ul></section>"
    )


def table(spec: MapSpec, lang: Language) -> str:
    """The twin of the map: each area with estimate, interval, answers, and the reason."""
    level = number(spec.confidence * 100, lang)
    rows = "".join(_row(area, spec, lang) for area in spec.areas)
    if not rows:
        rows = f'<tr><td colspan="3">{phrase("empty", lang)}</td></tr>'
    return (
        f"<table><caption>{phrase('table', lang)}</caption><thead><tr>"
        f'<th scope="col">{phrase("area", lang)}</th>'
        f'<th scope="col" class="num">{phrase("estimate", lang)}'
        f" <small>{phrase('interval', lang, level=level)}</small></th>"
        f'<th scope="col" class="num">{phrase("answers", lang)} '
        f"<small>{phrase('effective', lang)}</small></th>"
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(area: MapArea, spec: MapSpec, lang: Language) -> str:
    name = inert(area.name)
    if area.url:
        name = f'<a href="{inert(area.url)}" target="_top">{name}</a>'
    reason = ""
    if area.reason(lang):
        said = inert(area.reason(lang))
        if area.status is Status.CAUTION:
            said = f"{phrase('caution', lang)}: {said}"
        reason = f'<small class="reason">{said}</small>'
    return (
        f'<tr data-code="{area.code}" data-label="{inert(area.label or area.name)}" '
        f'data-ink="{ink(area, spec)}"><th scope="row"><div class="who">{swatch(fill(area, spec))}'
        f'<span class="label"><span class="name">{name}</span>{reason}</span></div></th>'
        f'<td class="num">{_estimate(area, spec, lang)}</td>'
        f'<td class="num">{_answers(area, lang)}</td></tr>'
    )


def _estimate(area: MapArea, spec: MapSpec, lang: Language) -> str:
    if area.estimate is None or area.lower is None or area.upper is None:
        key = "missing" if area.status is Status.MISSING else "unpublished"
        return f'<span class="value muted">{phrase(key, lang)}</span>'
    return (
        f'<span class="value">{figure(area.estimate, spec.unit, lang)}</span> '
        f'<small class="interval">{interval(area.lower, area.upper, spec.unit, lang)}</small>'
    )


def _answers(area: MapArea, lang: Language) -> str:
    if area.n is None:
        return "–"
    shown = f'<span class="n">{number(area.n, lang)}</span>'
    if area.n_eff is not None:
        shown += f' <small class="n-eff">{number(area.n_eff, lang)}</small>'
    return shown


def sources(spec: MapSpec, lang: Language) -> str:
    """Where figures and shapes come from, and how far the shapes can be trusted."""
    shapes = "; ".join(
        part
        for part in (
            quality(spec.boundary_quality, lang),
            inert(spec.boundary_source),
            inert(spec.boundary_date),
            f"{phrase('licence', lang)} {inert(spec.boundary_licence)}"
            if spec.boundary_licence
            else "",
        )
        if part
    )
    lines = [(phrase("boundaries", lang), shapes)]
    if spec.source_vi:
        lines.insert(0, (phrase("source", lang), inert(spec.text("source", lang))))
    if spec.note_vi:
        lines.insert(0, (phrase("note", lang), inert(spec.text("note", lang))))
    said = "".join(f"<p><b>{label}:</b> {text}</p>" for label, text in lines)
    return f"<footer>{said}</footer>"
