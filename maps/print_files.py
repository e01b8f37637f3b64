"""Printed maps as files: PDF with the figures as a table behind the map, SVG, PNG."""

import io
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from maps.print_key import Plot
from maps.print_map import draw
from maps.print_sheet import Sheet
from maps.print_table import table_pages
from maps.print_text import FAMILY, face, printable
from maps.specification import Language, MapSpec
from maps.views import View, views
from maps.webmap import drawn

DPI: Final = 200
# Letters stay letters (searchable, read aloud), and equal maps give equal bytes.
SETTINGS: Final[Any] = {
    "font.family": [FAMILY],
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "khaosat",
    "hatch.linewidth": 0.5,
    "path.simplify": False,
    "text.usetex": False,
}
_STYLE: Final = re.compile(r"<style type=\"text/css\">")


class Format(StrEnum):
    """What a map is printed as."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"


def print_map(
    spec: MapSpec,
    geometry: Mapping[str, Any],
    form: Format,
    *,
    lang: str = "vi",
    sheet: Sheet | None = None,
    view: str = "policy",
) -> bytes:
    """The map on paper.

    Parameters
    ----------
    spec
        What to show; withheld figures are not in it.
    geometry
        GeoJSON FeatureCollection whose features carry `code`.
    form
        PDF (map, then the table of all figures), SVG or PNG (the map alone).
    lang
        "vi" or "en".
    sheet
        A4 upright in colours if not given.
    view
        A key of `maps.views.views`: policy, quantile, jenks, margin, against, target, pattern.

    Returns
    -------
    bytes
        Equal input gives equal bytes with one version of matplotlib.

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
    >>> print_map(spec, {"type": "FeatureCollection", "features": []}, Format.PDF)[:5]
    b'%PDF-'
    """
    language, paper = Language(lang), sheet or Sheet()
    shapes = drawn(geometry, {area.code: area for area in spec.areas})
    plot = Plot(spec, _view(spec, view, language), language)
    title = printable(spec.text("title", language))
    with matplotlib.rc_context(SETTINGS):
        page = draw(plot, shapes, paper).figure
        if form is Format.PDF:
            return _pdf([page, *table_pages(spec, language, paper)], title)
        return _svg(page, title) if form is Format.SVG else _png(page)


def _view(spec: MapSpec, key: str, lang: Language) -> View:
    found = {view.key: view for view in views(spec, lang)}
    if key not in found:
        raise ValueError(f"these figures allow the views {', '.join(found)}, not {key}")
    return found[key]


def _pdf(pages: list[Figure], title: str) -> bytes:
    target = io.BytesIO()
    about = {"Title": title, "Creator": "khaosat", "Producer": "matplotlib", "CreationDate": None}
    with PdfPages(target, metadata=about) as book:
        for page in pages:
            FigureCanvasPdf(page)
            book.savefig(page)
    return target.getvalue()


def _png(page: Figure) -> bytes:
    target = io.BytesIO()
    FigureCanvasAgg(page)
    page.savefig(target, format="png", dpi=DPI, metadata={"Software": None})
    return target.getvalue()


def _svg(page: Figure, title: str) -> bytes:
    """The letters used travel in the file; matplotlib would only name the font."""
    target = io.BytesIO()
    FigureCanvasSVG(page)
    about: Any = {"Date": None, "Title": title, "Creator": "khaosat"}
    page.savefig(target, format="svg", metadata=about)
    faces = "".join(_faces(page))
    return _STYLE.sub(
        f'<style type="text/css">{faces}', target.getvalue().decode(), count=1
    ).encode()


def _faces(page: Figure) -> list[str]:
    texts = [text for axes in page.axes for text in axes.texts]
    found = []
    for is_bold in (False, True):
        used = [text.get_text() for text in texts if (text.get_fontweight() == "bold") is is_bold]
        if used:
            found.append(face(used, is_bold=is_bold))
    return found
