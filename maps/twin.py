"""The map as a table: every figure and reason for those who read, print, or have no script.

A country has 3,321 rows, so each is short: closing tags that HTML lets out are left out, cells
say their figure in bold and what belongs to it behind, and reasons, of which there are few, stand
below the table once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from maps.layers import Layer, codes_of
from maps.numbers import figure, interval, number
from maps.page import SEARCHED, inert, named
from maps.phrases import phrase
from maps.specification import Language, MapArea, Status

LONG = 100  # rows from which on reasons stand below


@dataclass(slots=True)
class _Reasons:
    """Every reason once, numbered from 1."""

    lang: Language
    is_below: bool
    numbers: dict[str, int] = field(default_factory=dict)

    def said(self, area: MapArea) -> str:
        """Beside the name: the reason, or its number."""
        reason = inert(area.reason(self.lang))
        if not reason:
            return ""
        if area.status is Status.CAUTION:
            reason = f"{phrase('caution', self.lang)}: {reason}"
        if not self.is_below:
            return f'<small class="reason">{reason}</small>'
        position = self.numbers.setdefault(reason, len(self.numbers) + 1)
        return f"<sup>{position}</sup>"

    def below(self) -> str:
        if not self.numbers:
            return ""
        items = "".join(f"<li>{reason}</li>" for reason in self.numbers)
        title = phrase("reasons", self.lang)
        return f'<section class="why"><h2>{title}</h2><ol id="reasons">{items}</ol></section>'


def table(layers: Sequence[Layer], lang: Language) -> str:
    """Each area with estimate, interval, answers and reason, for every panel.

    Parameters
    ----------
    layers
        The panels.
    lang
        Of words and numbers.

    Returns
    -------
    str
        A table, before it the tools that a script brings to life, after it the reasons.
    """
    codes = codes_of(tuple(layers))
    reasons = _Reasons(lang, is_below=len(codes) > LONG)
    rows = "".join(_row(code, layers, lang, reasons) for code in codes)
    if not rows:
        rows = f'<tr><td colspan="{1 + 2 * len(layers)}">{phrase("empty", lang)}</td></tr>'
    scrolls = ' class="scroll" tabindex="0"' if len(codes) > SEARCHED else ""
    return (
        f'<section class="twin"><h2 id="twin">{phrase("table", lang)}</h2>'
        f"{_tools(lang, len(codes))}"
        f'<div{scrolls} role="region" aria-labelledby="twin"><table><thead>'
        f"{_head(layers, lang)}</thead><tbody>{rows}</tbody></table></div>"
        f"{reasons.below()}</section>"
    )


def _tools(lang: Language, n: int) -> str:
    if n <= SEARCHED:
        return ""
    return (
        f'<div class="tools" hidden><div><label for="filter">{phrase("filter", lang)}</label>'
        '<input id="filter" type="search" autocomplete="off" spellcheck="false"></div>'
        f'<div><label for="only">{phrase("only", lang)}</label>'
        f'<select id="only"><option value="">{phrase("all", lang)}</option></select></div>'
        '<p id="count" role="status"></p></div>'
    )


def _head(layers: Sequence[Layer], lang: Language) -> str:
    over = ""
    if len(layers) > 1:
        names = "".join(
            f'<th scope="colgroup" colspan="2">{named(layer, lang)}</th>' for layer in layers
        )
        over = f"<tr><td></td>{names}</tr>"
    columns = "".join(
        f'<th scope="col" class="num">{phrase("estimate", lang)} '
        f"<small>{phrase('interval', lang, level=number(each.spec.confidence * 100, lang))}</small>"
        f'</th><th scope="col" class="num">{phrase("answers", lang)} '
        f"<small>{phrase('effective', lang)}</small></th>"
        for each in layers
    )
    return f'{over}<tr class="sorts"><th scope="col">{phrase("area", lang)}</th>{columns}</tr>'


def _row(code: str, layers: Sequence[Layer], lang: Language, reasons: _Reasons) -> str:
    found = [layer.areas.get(code) for layer in layers]
    area = next(each for each in found if each is not None)
    name = f"<b>{inert(area.name)}</b>"
    if area.url:
        name = f'<a href="{inert(area.url)}">{name}</a>'
    if area.within:
        name += f" <small class=in>{inert(area.within)}</small>"
    said = dict.fromkeys(reasons.said(each) for each in found if each is not None)
    label = ""
    if area.label not in ("", area.name) and not reasons.is_below:  # many shapes carry no names
        label = f' data-label="{inert(area.label)}"'
    cells = "".join(
        _cells(each, layer, lang, is_long=reasons.is_below)
        for each, layer in zip(found, layers, strict=True)
    )
    return (
        f"<tr data-code={code}{label}><th><i class={_paint(layers[0], found[0])}>"
        f"</i>{name}{''.join(said)}{cells}\n"
    )


def _paint(layer: Layer, area: MapArea | None) -> str:
    """The class of the little swatch beside a name; map.css and `paints` give its look."""
    if area is None or area.estimate is None:
        return "m" if area is None else area.status.value[0]
    position = layer.view.of[area.code]
    return f'"k{position} c"' if area.status is Status.CAUTION else f"k{position}"


def paints(layer: Layer) -> str:
    """The colours of the swatches as style rules."""
    return "".join(
        f".k{at}{{background-color:{each.colour}}}" for at, each in enumerate(layer.view.groups)
    )


def _cells(area: MapArea | None, layer: Layer, lang: Language, *, is_long: bool) -> str:
    if area is None or area.estimate is None or area.lower is None or area.upper is None:
        is_withheld = area is not None and area.status is Status.UNPUBLISHED
        word = phrase("unpublished" if is_withheld else "missing", lang)
        return f"<td class=muted>{word}{_answers(area, lang)}"
    unit = layer.spec.unit
    # figures that are counted, not estimated, have no interval
    around = (
        "" if area.lower == area.upper else (f" {interval(area.lower, area.upper, unit, lang)}")
    )
    return (
        f"<td><b>{figure(area.estimate, unit, lang)}</b>{around}"
        f"{'' if is_long else _verdicts(area, lang)}{_answers(area, lang)}"
    )


def _verdicts(area: MapArea, lang: Language) -> str:
    """In words; a long table is filtered by them instead."""
    both = (("against", area.against), ("target", area.target))
    return "".join(
        f"<em>{phrase(f'{key}_view', lang)} {phrase(verdict.value, lang)}</em>"
        for key, verdict in both
        if verdict is not None
    )


def _answers(area: MapArea | None, lang: Language) -> str:
    if area is None or area.n is None:
        return "<td>–"
    effective = "" if area.n_eff is None else f" {number(area.n_eff, lang)}"
    return f"<td><b>{number(area.n, lang)}</b>{effective}"
