"""How QGIS paints the layer: the colours and hatches of the printed map, as a QML style."""

from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from maps.print_key import GROUNDS, MISSING, UNPUBLISHED, ruling
from maps.print_words import said, status_label
from maps.specification import Language, MapSpec, Status
from maps.views import views

COLUMN: Final = "paint"
LINE: Final = "#45505c"


def paint_key(status: Status, class_number: int) -> str:
    """What the column `paint` holds: the class, or why there is none."""
    if status is Status.CAUTION:
        return f"caution-{class_number}"
    return f"class-{class_number}" if status is Status.PUBLISHED else status.value


def qml(spec: MapSpec, lang: Language = Language.VI) -> str:
    """A categorised style over the column `paint`.

    Every text goes through an XML writer, so a hostile title stays a title.

    Parameters
    ----------
    spec
        Gives classes and unit.
    lang
        Language of the labels.

    Returns
    -------
    str
        A QGIS 3 style document.
    """
    root = Element("qgis", version="3.28.0", styleCategories="Symbology")
    renderer = SubElement(
        root,
        "renderer-v2",
        type="categorizedSymbol",
        attr=COLUMN,
        enableorderby="0",
        forceraster="0",
    )
    categories = SubElement(renderer, "categories")
    symbols = SubElement(renderer, "symbols")
    groups = list(enumerate(views(spec, lang)[0].groups, 1))
    for number, group in reversed(groups):
        key = paint_key(Status.PUBLISHED, number)
        _fill(_symbol(categories, symbols, key, group.label), group.colour)
    for number, group in reversed(groups):
        label = f"{group.label} – {said('caution', lang)}"
        symbol = _symbol(categories, symbols, paint_key(Status.CAUTION, number), label)
        _fill(symbol, group.colour)
        _lines(symbol, ruling(group.colour), 45, 2.2)
    for status in (Status.UNPUBLISHED, Status.MISSING):
        symbol = _symbol(categories, symbols, status.value, status_label(status, lang))
        _fill(symbol, GROUNDS[status])
        if status is Status.UNPUBLISHED:
            _lines(symbol, UNPUBLISHED.colour, 45, 1.4)
            _lines(symbol, UNPUBLISHED.colour, 135, 1.4)
        else:
            _dots(symbol, MISSING.colour)
    return "<!DOCTYPE qgis>\n" + ElementTree.tostring(root, encoding="unicode")


def _symbol(categories: Element, symbols: Element, key: str, label: str) -> Element:
    name = str(len(symbols))
    SubElement(
        categories, "category", value=key, type="string", label=label, symbol=name, render="true"
    )
    return SubElement(
        symbols, "symbol", name=name, type="fill", alpha="1", clip_to_extent="1", force_rhr="0"
    )


def _fill(symbol: Element, colour: str) -> None:
    _layer(
        symbol, "SimpleFill", color=_rgba(colour), style="solid", outline_color=_rgba(LINE),
        outline_style="solid", outline_width="0.2", outline_width_unit="MM",
    )  # fmt: skip


def _lines(symbol: Element, colour: str, angle: int, distance: float) -> None:
    layer = _layer(
        symbol, "LinePatternFill", angle=str(angle), distance=str(distance), distance_unit="MM",
        color=_rgba(colour), line_width="0.3", line_width_unit="MM",
    )  # fmt: skip
    line = SubElement(
        layer, "symbol", name=f"@{symbol.get('name')}@1", type="line", alpha="1",
        clip_to_extent="1", force_rhr="0",
    )  # fmt: skip
    _layer(
        line, "SimpleLine", line_color=_rgba(colour), line_style="solid", line_width="0.3",
        line_width_unit="MM",
    )  # fmt: skip


def _dots(symbol: Element, colour: str) -> None:
    layer = _layer(
        symbol, "PointPatternFill", distance_x="2", distance_x_unit="MM", distance_y="2",
        distance_y_unit="MM",
    )  # fmt: skip
    marker = SubElement(
        layer, "symbol", name=f"@{symbol.get('name')}@1", type="marker", alpha="1",
        clip_to_extent="1", force_rhr="0",
    )  # fmt: skip
    _layer(
        marker, "SimpleMarker", name="circle", color=_rgba(colour), outline_style="no", size="0.5",
        size_unit="MM",
    )  # fmt: skip


def _layer(symbol: Element, kind: str, **options: str) -> Element:
    attributes = {"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
    layer = SubElement(symbol, "layer", attributes)
    inside = SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        SubElement(inside, "Option", name=name, type="QString", value=value)
        SubElement(layer, "prop", k=name, v=value)  # what QGIS before 3.26 reads
    return layer


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},255"
