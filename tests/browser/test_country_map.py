"""The map of a whole country in Chromium: canvas and hatches, search, table, two panels."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maps.webmap import render_html
from tests.unit.maps.countries import country, squares
from tests.unit.maps.examples import HOSTILE

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
DRAWN = "performance.getEntriesByName('map-ready').length && performance.now()"


@dataclass
class Sight:
    """An open map, and everything that went wrong or out in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def colours(self, selector: str = "#map") -> int:
        """How many colours the canvas shows."""
        return int(
            self.page.evaluate(
                """s => { const c = document.querySelector(s + ' canvas');
                const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
                const found = new Set();
                for (let i = 0; i < d.length; i += 4)
                  if (d[i + 3] === 255) found.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
                return found.size; }""",
                selector,
            )
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    for lang in ("vi", "en"):
        html = render_html(country(), squares(), lang)
        (folder / f"one-{lang}.html").write_text(html, encoding="utf-8")
    both = render_html(country(), squares(), "vi", beside=country(0.05, period="2025"))
    (folder / "two-vi.html").write_text(both, encoding="utf-8")
    return folder


@pytest.fixture
def sight(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Sight]:
    options = {"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    sight = Sight(context.new_page())
    sight.page.on("request", lambda asked: sight.requests.append(asked.url))
    sight.page.on("pageerror", lambda error: sight.troubles.append(str(error)))
    sight.page.on("console", lambda said: sight.troubles.append(said.text))
    sight.page.on("dialog", lambda dialog: sight.troubles.append(dialog.message))
    yield sight
    context.close()


def look_at(sight: Sight, folder: Path, name: str = "one-vi") -> Page:
    sight.page.goto((folder / f"{name}.html").as_uri())
    sight.page.wait_for_function(DRAWN)
    return sight.page


def test_a_canvas_has_the_colours_and_svg_the_hatches(sight: Sight, documents: Path) -> None:
    page = look_at(sight, documents)
    page.wait_for_function("performance.getEntriesByName('map-drawn').length")
    assert sight.colours() >= 5
    fills = page.locator("#map .leaflet-hatch-pane path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('fill')).sort()"
    )
    assert "url(#over-unpublished)" in fills
    assert "url(#over-light)" in fills or "url(#over-dark)" in fills
    assert len(sight.requests) == 1
    assert sight.troubles == []


def test_nothing_of_a_hostile_name_province_or_reason_runs(sight: Sight, documents: Path) -> None:
    page = look_at(sight, documents)
    page.locator("#find").fill("script img")
    expect(page.locator("#found li").first).to_contain_text("</script>")
    page.keyboard.press("Enter")
    expect(page.locator("#card b")).to_have_text(HOSTILE)
    page.locator("#filter").fill("hoa binh")
    page.locator("tr:visible th", has_text="Hoà Bình").hover()
    expect(page.locator("#card")).to_contain_text(HOSTILE)
    for view in page.locator("#view option").evaluate_all("all => all.map(o => o.value)"):
        page.locator("#view").select_option(view)
    assert page.evaluate("[typeof window.pwned, document.images.length]") == ["undefined", 0]
    assert sight.troubles == []
    assert len(sight.requests) == 1


def test_a_commune_is_found_without_tone_marks_by_keyboard(sight: Sight, documents: Path) -> None:
    page = look_at(sight, documents)
    page.locator("#find").focus()
    page.keyboard.type("dong hoi")
    expect(page.locator("#found li")).to_have_count(1)
    expect(page.locator("#find")).to_have_attribute("aria-activedescendant", "found-0")
    page.keyboard.press("Enter")
    expect(page.locator("#find")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#card b")).to_have_text("phường Đồng Hới")
    page.locator("#find").fill("hoa binh")
    page.locator("#found li").click()
    assert page.locator("#card a").evaluate("a => a.getAttribute('href')").endswith("/00007/")
    page.locator("#find").fill("khong co xa nay")
    expect(page.locator("#found")).to_have_text("Không tìm thấy tên này")


def test_the_table_is_sorted_and_filtered(sight: Sight, documents: Path) -> None:
    page = look_at(sight, documents)
    estimates = page.locator("tr.sorts button").nth(1)
    estimates.click()
    first = page.locator("tbody tr").first
    expect(first.locator("b").first).to_have_text("xã Thứ 1")
    estimates.click()
    expect(first.locator("b").first).to_have_text("xã Thứ 440")
    expect(page.locator("tbody tr").last.locator("td").first).to_have_text("Không công bố")
    page.locator("#only").select_option("u")
    expect(page.locator("tbody tr:visible")).to_have_count(147)
    expect(page.locator("#count")).to_have_text("147 trên 441 đơn vị")
    page.locator("#filter").fill("thứ 300")
    expect(page.locator("tbody tr:visible")).to_have_count(1)


def test_other_views_recolour_map_legend_and_filter(sight: Sight, documents: Path) -> None:
    page = look_at(sight, documents)
    keys = page.locator("#view option").evaluate_all("all => all.map(o => o.value)")
    assert keys == ["policy", "quantile", "jenks", "margin", "against", "target"]
    page.locator("#view").select_option("target")
    expect(page.locator(".legend:visible")).to_contain_text("chưa đủ căn cứ kết luận")
    expect(page.locator("#only option").nth(1)).to_have_text("chưa đủ căn cứ kết luận")
    page.locator("#only").select_option(label="chưa đạt")
    expect(page.locator("tbody tr:visible")).to_have_count(147)


def test_two_panels_move_and_tell_together(sight: Sight, documents: Path) -> None:
    page = look_at(sight, documents, "two-vi")
    page.locator("#map .leaflet-control-zoom-in").click()
    transforms = "['#map', '#map-1'].map(s => document.querySelector(s + ' canvas').width > 0)"
    assert page.evaluate(transforms) == [True, True]
    page.locator("#find").fill("dong hoi")
    page.keyboard.press("Enter")
    expect(page.locator("#card .layer")).to_have_count(2)
    expect(page.locator("path[stroke='#c2410c']")).to_have_count(2)
    boxes = [
        page.locator(f"{each} path[stroke='#c2410c']").bounding_box() for each in ("#map", "#map-1")
    ]
    frames = [page.locator(each).bounding_box() for each in ("#map", "#map-1")]
    places = [
        (b["x"] - f["x"], b["y"] - f["y"]) for b, f in zip(boxes, frames, strict=True) if b and f
    ]
    assert places[0] == pytest.approx(places[1], abs=2)
    assert sight.troubles == []


@pytest.mark.parametrize(
    "sight",
    [{"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}],
    indirect=True,
)
@pytest.mark.parametrize("name", ["one-en", "two-vi"])
def test_a_finger_on_a_phone_reads_a_commune(sight: Sight, documents: Path, name: str) -> None:
    page = look_at(sight, documents, name)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("#map").tap()
    expect(page.locator("#card b")).to_have_count(1)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"country-{name}-390.png", full_page=True)
    assert sight.troubles == []


@pytest.mark.parametrize("sight", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_the_table_has_every_figure(sight: Sight, documents: Path) -> None:
    sight.page.goto((documents / "one-vi.html").as_uri())
    expect(sight.page.locator("tbody tr")).to_have_count(441)
    expect(sight.page.locator("noscript p")).to_be_visible()
    expect(sight.page.locator(".tools:visible")).to_have_count(0)
