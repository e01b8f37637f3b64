"""A printed map: its words, its hatches in grey, its letters, its bytes."""

import io
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pypdf
import pytest
import shapely
from matplotlib.patches import PathPatch
from PIL import Image

from maps.classes import PALETTES, fixed_classes
from maps.print_files import DPI, Format, print_map
from maps.print_key import Plot
from maps.print_map import draw
from maps.print_sheet import MM_PER_INCH, Orientation, Paper, Sheet
from maps.print_text import printable, width, wrapped
from maps.specification import Language, MapArea, MapSpec, Quality, Status, Verdict
from maps.tiles import schematic_tiles
from maps.views import views
from maps.webmap import drawn
from tests.unit.maps.examples import HOSTILE, TILES, hostile_spec, spec

SVG = "{http://www.w3.org/2000/svg}"
LANDSCAPE = Sheet(Paper.A3, Orientation.LANDSCAPE)


def words(content: bytes) -> str:
    """Everything that an SVG or a PDF says, without its line breaks."""
    if content.startswith(b"%PDF"):
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())
    texts = ElementTree.fromstring(content).iter(f"{SVG}text")
    return " ".join(" ".join("".join(each.itertext()) for each in texts).split())


def country(*, with_islands: bool) -> tuple[MapSpec, dict[str, Any]]:
    """Two communes at the ends of the mainland, and a commune of islands."""
    north, south = shapely.box(103, 21, 104, 23), shapely.box(104.7, 8.6, 106, 10)
    islands = shapely.MultiPolygon(
        [shapely.box(114, 10, 114.2, 10.2), shapely.box(112, 8, 112.1, 8.1)]
    )
    shapes = {"00001": north, "00002": south} | ({"00003": islands} if with_islands else {})
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shapely.geometry.mapping(s)}
        for code, s in shapes.items()
    ]
    areas = tuple(
        MapArea(code, f"xã {code}", Status.PUBLISHED, 0.7, 0.6, 0.8, n=10) for code in shapes
    )
    made = spec(areas, boundary_quality=Quality.THIRD_PARTY)
    return made, {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize("form", [Format.SVG, Format.PDF])
def test_the_sheet_says_what_is_shown_of_whom_when_and_how(form: Format) -> None:
    made = spec(kind_vi="ước lượng trực tiếp", kind_en="direct estimates")
    said = words(print_map(made, TILES, form))
    for expected in (
        "Mức độ hài lòng theo xã",
        "Đối tượng: Người từ 18 tuổi đã làm thủ tục trong 12 tháng; 2.190 người trả lời",
        "Thời gian: 10–11/2026; Loại số liệu: ước lượng trực tiếp",
        "từ 90 % đến dưới 95 % (1 đơn vị)",
        "dưới 60 % (0 đơn vị)",
        "Chỉ có 1 thôn trong mẫu; cần ít nhất 4 thôn.",
        "Nguồn số liệu: Khảo sát thử nghiệm (dữ liệu tổng hợp)",
        "vietnamadminunits 1.0.4; có hiệu lực từ 01/07/2025; giấy phép MIT",
        "SƠ ĐỒ – KHÔNG PHẢI ĐỊA GIỚI HÀNH CHÍNH",
    ):
        assert expected.replace("\u00a0", " ") in said.replace("\u00a0", " "), expected


@pytest.mark.parametrize(
    ("quality", "expected", "scale"),
    [
        (Quality.LEGAL, "LEGAL BOUNDARIES", " km"),
        (Quality.THIRD_PARTY, "THIRD-PARTY BOUNDARIES – NO LEGAL STANDING", " km"),
        (Quality.SCHEMATIC, "SCHEMATIC – NOT ADMINISTRATIVE BORDERS", "Not to scale"),
    ],
)
def test_shapes_say_what_they_are_worth_and_only_real_ones_have_a_scale(
    quality: Quality, expected: str, scale: str
) -> None:
    said = words(print_map(spec(boundary_quality=quality), TILES, Format.SVG, lang="en"))
    assert expected in said
    assert scale in said
    assert (" km" in said) is (quality is not Quality.SCHEMATIC)


@pytest.mark.parametrize("form", list(Format))
def test_equal_maps_have_equal_bytes(form: Format) -> None:
    assert print_map(spec(), TILES, form) == print_map(spec(), TILES, form)


@pytest.mark.parametrize(
    ("sheet", "size"),
    [
        (Sheet(), (210, 297)),
        (Sheet(Paper.A4, Orientation.LANDSCAPE), (297, 210)),
        (Sheet(Paper.A3), (297, 420)),
        (LANDSCAPE, (420, 297)),
    ],
)
def test_the_page_is_as_large_as_the_paper(sheet: Sheet, size: tuple[int, int]) -> None:
    content = print_map(spec(), TILES, Format.PDF, sheet=sheet)
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        box = (float(page.mediabox.width), float(page.mediabox.height))
        assert box == pytest.approx([each / MM_PER_INCH * 72 for each in size], abs=0.1)


@pytest.mark.parametrize("count", sorted(PALETTES))
def test_classes_darken_from_step_to_step_in_grey(count: int) -> None:
    breaks = [(i + 1) / count for i in range(count - 1)]
    colours = [each.colour for each in fixed_classes(breaks)]
    pixels = Image.new("RGB", (count, 1))
    for position, colour in enumerate(colours):
        pixels.putpixel((position, 0), tuple(bytes.fromhex(colour[1:])))
    grey = np.asarray(pixels.convert("L"), dtype=int)[0]
    assert all(a - b >= 12 for a, b in pairwise(grey)), grey


def test_a_grey_print_tells_every_class_and_every_hatch_apart() -> None:
    areas = [
        MapArea(f"c{i}", "x", Status.PUBLISHED, value, value, value)
        for i, value in enumerate((0.5, 0.65, 0.75, 0.85, 0.92, 0.97))
    ]
    why = {"reason_vi": "lý do", "reason_en": "reason"}
    areas += [
        MapArea("caution", "x", Status.CAUTION, 0.75, 0.7, 0.8, **why),
        MapArea("unpublished", "x", Status.UNPUBLISHED, **why),
        MapArea("missing", "x", Status.MISSING, **why),
    ]
    seats = {area.code: (20 + i // 3 * 0.2, 105 + i % 3 * 0.2) for i, area in enumerate(areas)}
    made, shapes = spec(tuple(areas)), schematic_tiles(seats)
    grey = _grey_of_areas(made, shapes)
    levels = [float(np.median(grey[f"c{i}"])) for i in range(6)]
    assert all(a - b >= 12 for a, b in pairwise(levels)), levels
    assert all(grey[f"c{i}"].std() < 1 for i in range(6))
    # lined, crossed, dotted: each holds its ground and marks, and another share of marks
    marked = {
        name: float((np.abs(grey[name] - np.percentile(grey[name], 95)) > 40).mean())
        for name in ("caution", "unpublished", "missing")
    }
    assert marked["unpublished"] > marked["caution"] > marked["missing"] > 0.01, marked
    assert np.percentile(grey["caution"], 95) < np.percentile(grey["missing"], 95) - 30


def _grey_of_areas(made: MapSpec, shapes: dict[str, Any]) -> dict[str, Any]:
    """The grey pixels of the upper third of each tile, where no label stands."""
    plot = Plot(made, views(made, Language.VI)[0], Language.VI)
    pencil = draw(plot, drawn(shapes, {a.code: a for a in made.areas}), Sheet())
    picture = Image.open(io.BytesIO(print_map(made, shapes, Format.PNG))).convert("L")
    pixels, found = np.asarray(picture, dtype=float), {}
    for patch in pencil.axes.patches:
        name = str(patch.get_gid() or "")
        if isinstance(patch, PathPatch) and name.startswith("area-"):
            box = np.array(patch.get_path().get_extents().extents) / MM_PER_INCH * DPI
            left, right = int(box[0]) + 6, int(box[2]) - 6
            top = pixels.shape[0] - int(box[3]) + 6
            found[name.split("-")[1]] = pixels[top : top + int(box[3] - box[1]) // 3, left:right]
    return found


def test_what_cannot_be_told_differs_in_grey_from_not_met() -> None:
    areas = (
        MapArea("a", "x", Status.PUBLISHED, 0.9, 0.8, 0.95, target=Verdict.NOT_MET),
        MapArea("b", "x", Status.PUBLISHED, 0.9, 0.8, 0.95, target=Verdict.UNCLEAR),
    )
    made = spec(areas)
    shapes = schematic_tiles({"a": (20, 105), "b": (20, 105.2)})
    drawn_svg = print_map(made, shapes, Format.SVG, view="target").decode()
    assert "Đạt mục tiêu?" in words(drawn_svg.encode())
    hatched = [name for name in ("a", "b") if _is_hatched(drawn_svg, name)]
    assert hatched == ["b"]


def _is_hatched(svg: str, code: str) -> bool:
    group = re.search(rf'<g id="area-{code}-.*?</g>', svg, re.DOTALL)
    assert group is not None
    return "url(#" in re.sub(r'clip-path="[^"]*"', "", group[0])


def test_figures_that_do_not_allow_a_view_are_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"policy.* not target"):
        print_map(spec(), TILES, Format.SVG, view="target")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_hostile_texts_stay_texts(lang: str) -> None:
    root = ElementTree.fromstring(print_map(hostile_spec(), TILES, Format.SVG, lang=lang))
    names = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert not names & {"script", "image", "img", "foreignObject", "a", "iframe"}
    for each in root.iter():
        for name, value in each.attrib.items():
            assert not name.lower().startswith("on")
            assert not name.endswith("href") or value.startswith("#")
    assert HOSTILE.split(" ", maxsplit=1)[0] in words(ElementTree.tostring(root))
    assert "onerror=" in words(print_map(hostile_spec(), TILES, Format.PDF, lang=lang))


def test_letters_travel_with_the_file() -> None:
    svg = print_map(spec(), TILES, Format.SVG).decode()
    assert svg.count("@font-face") == 2
    assert not re.search(r"url\((?!data:|#)", svg)
    pages = pypdf.PdfReader(io.BytesIO(print_map(spec(), TILES, Format.PDF))).pages
    fonts: Any = [font.get_object() for font in pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert "/FontFile2" in inner["/FontDescriptor"].get_object()


@pytest.mark.parametrize("with_islands", [True, False])
def test_a_national_map_shows_hoang_sa_and_truong_sa(*, with_islands: bool) -> None:
    made, shapes = country(with_islands=with_islands)
    svg = print_map(made, shapes, Format.SVG)
    assert "Quần đảo Hoàng Sa" in words(svg)
    assert "Quần đảo Trường Sa" in words(svg)
    ids = set(re.findall(r'id="((?:area|inset)-[^"]*)"', svg.decode()))
    assert "area-00001-published-3" in ids
    assert ("inset-00003-published-3" in ids) is with_islands
    assert "area-00003-published-3" not in ids


def test_a_name_too_long_for_its_shape_leaves_the_figure_alone() -> None:
    areas = (
        MapArea("a", "xã " + "Dài " * 60, Status.PUBLISHED, 0.7, 0.6, 0.8),
        MapArea("b", "xã Vừa", Status.PUBLISHED, 0.8, 0.7, 0.9),
    )
    shapes = schematic_tiles({"a": (20, 105), "b": (20, 105.2)})
    said = words(print_map(spec(areas), shapes, Format.SVG, lang="en"))
    assert "70.0%" in said
    assert "Dài" not in said
    assert "xã Vừa" in said


@pytest.mark.parametrize("sheet", [Sheet(), Sheet(Paper.A4, Orientation.LANDSCAPE)])
def test_the_longest_texts_leave_the_map_its_room(sheet: Sheet) -> None:
    long = "Lý do rất dài " * 300
    areas = tuple(
        MapArea(f"c{i}", long, status, reason_vi=f"{i} {long}", reason_en=long)
        for i, status in enumerate((Status.UNPUBLISHED, Status.MISSING) * 4)
    )
    texts = {f"{name}_{lang}": long for name in ("title", "base", "note") for lang in ("vi", "en")}
    made = spec(areas, **texts)
    plot = Plot(made, views(made, Language.VI)[0], Language.VI)
    shapes = schematic_tiles({area.code: (20 + i / 9, 105) for i, area in enumerate(areas)})
    pencil = draw(plot, drawn(shapes, {a.code: a for a in areas}), sheet)
    patches = [p for p in pencil.axes.patches if str(p.get_gid() or "").startswith("area-")]
    assert len(patches) == 8
    highest = max(float(p.get_path().get_extents().y1) for p in patches)
    assert highest > sheet.size[1] * 0.6
    lowest_text = min(text.get_position()[1] for text in pencil.axes.texts)
    assert lowest_text > 5
    assert len(print_map(made, shapes, Format.PDF, sheet=sheet)) > 1000


def test_a_map_of_some_communes_has_no_inset() -> None:
    assert "Hoàng Sa" not in words(print_map(spec(), TILES, Format.SVG))


def test_no_area_and_an_area_without_a_shape_are_said() -> None:
    nothing = {"type": "FeatureCollection", "features": []}
    assert print_map(spec(()), nothing, Format.PDF).startswith(b"%PDF")
    assert "6 đơn vị có số liệu nhưng không có hình vẽ" in words(
        print_map(spec(), nothing, Format.SVG)
    )


def test_texts_are_cut_to_the_paper_and_lose_what_no_paper_shows() -> None:
    lines = wrapped("một hai " + "x" * 200, 8, 30)
    assert all(width(line, 8) <= 30 for line in lines)
    assert "".join(lines).replace(" ", "") == "mộthai" + "x" * 200
    assert printable("a\x00b\tc 漢") == "a\ufffdb c \ufffd"
