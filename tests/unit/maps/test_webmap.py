"""The web map as text: nothing from outside, nothing withheld, nothing executable from people."""

import hashlib
import html
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.page import inert
from maps.specification import MapArea, Quality, Status
from maps.webmap import content_security_policy, drawn, render_html
from tests.unit.maps.examples import AREAS, HOSTILE, TILES, TOO_FEW_VI, hostile_spec, spec


class Parsed(HTMLParser):
    """Tags, attributes and texts as a browser would see them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._in_script = False
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        (self.scripts if self._in_script else self.texts).append(data)


def test_it_loads_nothing_from_anywhere() -> None:
    parsed = Parsed(render_html(spec(), TILES))
    assert not [t for t, _ in parsed.tags if t in ("link", "img", "iframe", "object", "embed")]
    assert not [a for _, a in parsed.tags if a.keys() & {"src", "srcset", "background", "data"}]
    style = "".join(parsed.texts)
    assert "url(" not in style
    assert "@import" not in style
    assert "sourceMappingURL" not in "".join(parsed.scripts)


def test_what_people_wrote_stays_text_everywhere() -> None:
    document = render_html(hostile_spec(), TILES)
    parsed = Parsed(document)
    assert len(parsed.scripts) == 6  # two of them data
    assert not [a for _, a in parsed.tags if any(k.startswith("on") for k in a)]
    assert "img" not in [t for t, _ in parsed.tags]
    assert "49" not in html.unescape(document[document.index("<h1>") : document.index("</h1>")])
    assert HOSTILE in "".join(parsed.texts)  # shown exactly as written
    assert not any("pwned" in script for script in parsed.scripts)
    assert "${window" not in document
    assert "{{7" not in document


def test_inert_text_reads_as_it_was_written() -> None:
    assert html.unescape(inert(HOSTILE)) == HOSTILE
    assert not set(inert(HOSTILE)) & set("<>\"'`${}\\")


@given(st.text())
def test_any_text_survives_being_made_inert(text: str) -> None:
    assert html.unescape(inert(text)) == text


def test_only_its_own_scripts_may_run_and_nothing_may_be_sent() -> None:
    policy = content_security_policy(render_html(spec(), TILES))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    with pytest.raises(ValueError, match="render_html"):
        content_security_policy("<html>")


def test_the_table_says_all_without_javascript() -> None:
    text = " ".join(Parsed(render_html(spec(), TILES)).texts)
    for said in ("xã Như Thanh", "90,1\u00a0%", "86,1–93,1\u00a0%", "1.234", "198", TOO_FEW_VI):
        assert said in text
    for said in ("Không công bố", "Không có số liệu", "Cần thận trọng", "khoảng tin cậy 95 %"):
        assert said in text


def test_english_readers_get_english() -> None:
    text = " ".join(Parsed(render_html(spec(), TILES, "en")).texts)
    for said in ("Satisfaction by commune", "86.4%", "1,234", "Not published", "95% interval"):
        assert said in text
    assert "Không công bố" not in text


def test_a_language_nobody_wrote_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        render_html(spec(), TILES, "fr")


def test_a_withheld_area_is_hatched_and_a_cautioned_one_lined() -> None:
    document = render_html(spec(), TILES)
    assert '<pattern id="unpublished"' in document
    still = document[document.index('<svg class="still"') :]
    for paint in ("url(#unpublished)", "url(#caution-7fcdbb)", "url(#missing)"):
        assert f'fill="{paint}"' in still


def test_schematic_shapes_are_stamped_and_real_ones_are_not() -> None:
    stamp = "Sơ đồ – không phải địa giới hành chính"
    assert stamp in render_html(spec(), TILES)
    assert stamp not in render_html(spec(boundary_quality=Quality.THIRD_PARTY), TILES)


def test_source_licence_date_and_worth_of_the_shapes_are_printed() -> None:
    text = " ".join(Parsed(render_html(spec(boundary_quality=Quality.LEGAL), TILES)).texts)
    for said in ("vietnamadminunits 1.0.4", "giấy phép MIT", "01/07/2025", "ranh giới pháp lý"):
        assert said in text


def test_equal_input_gives_equal_bytes() -> None:
    assert render_html(spec(), TILES) == render_html(spec(), TILES)


def test_properties_of_the_shapes_do_not_travel() -> None:
    shapes = {**TILES, "features": [dict(f) for f in TILES["features"]]}
    shapes["features"][0]["properties"] = {"code": "16228", "secret": "9876543"}
    assert "9876543" not in render_html(spec(), shapes)


def test_an_area_without_a_shape_stands_in_the_table_and_a_foreign_shape_nowhere() -> None:
    lonely = MapArea("99999", "xã Không Hình", Status.PUBLISHED, 0.5, 0.4, 0.6)
    document = render_html(spec((lonely, AREAS[0])), TILES)
    assert "xã Không Hình" in document
    assert "16234" not in document


def test_a_map_of_nothing_says_what_to_do() -> None:
    document = render_html(spec(()), {"type": "FeatureCollection", "features": []})
    assert "Hãy chọn đợt khảo sát đã có kết quả" in document


def test_a_geometry_that_is_no_collection_is_refused() -> None:
    with pytest.raises(ValueError, match="FeatureCollection"):
        drawn({"type": "Feature"}, ())


def test_the_vendored_leaflet_is_what_its_checksums_say() -> None:
    folder = files("maps").joinpath("vendor/leaflet")
    sums = folder.joinpath("SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(sums) == 2
    for line in sums:
        digest, name = line.split()
        assert hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest


def test_another_view_may_come_first_also_in_the_still_picture() -> None:
    document = render_html(spec(), TILES, view="margin")
    assert '<option value="margin" selected>' in document
    assert '<section class="legend" data-view="margin" data-colours="#f2f0f7' in document
    assert re.search(r'data-view="policy"[^>]* hidden>', document)
    still = document.partition('<svg class="still"')[2].partition("</svg>")[0]
    assert "#cbc9e2" in still  # a colour of margins
    assert "#2c7fb8" not in still  # a colour of the policy classes
    with pytest.raises(ValueError, match="not target"):
        render_html(spec(), TILES, view="target")


def test_panels_of_one_indicator_are_told_apart_by_kind_and_period() -> None:
    first = spec(kind_vi="trực tiếp", kind_en="direct")
    second = spec(kind_vi="mô hình", kind_en="model", period="2027")
    document = render_html(first, TILES, "en", beside=second)
    assert "procedure · direct · 10–11/2026</h2>" in document
    assert "procedure · model · 2027</h2>" in document
