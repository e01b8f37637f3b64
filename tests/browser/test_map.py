"""The map document in Chromium, framed and sandboxed as a page shows it."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from maps.webmap import content_security_policy, render_html
from tests.unit.maps.examples import AREAS, HOSTILE, TILES, TOO_FEW_VI, hostile_spec, spec

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
HOST = (
    '<!DOCTYPE html><html lang="vi"><link rel="icon" href="data:,"><style>body{margin:0}'
    "iframe{border:0;width:100%;height:1900px}</style><body>"
    '<iframe sandbox="allow-scripts allow-top-navigation-by-user-activation" src="/map"></iframe>'
)


@dataclass
class Site:
    """A server with two addresses: a page, and in its frame the map."""

    address: str = ""
    document: str = ""
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            body = (site.document if self.path == "/map" else HOST).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if self.path == "/map":
                policy = content_security_policy(site.document)
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield chromium
        chromium.close()


@dataclass
class Sight:
    """An open page, and everything that went wrong or out in it."""

    page: Page
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def map(self) -> FrameLocator:
        return self.page.frame_locator("iframe")


@pytest.fixture
def sight(browser: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[Sight]:
    site.document = render_html(spec(), TILES)
    site.asked.clear()
    options = {"viewport": {"width": 390, "height": 844}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    sight = Sight(context.new_page())
    sight.page.on("request", lambda asked: sight.requests.append(asked.url))
    sight.page.on("pageerror", lambda error: sight.troubles.append(str(error)))
    sight.page.on("dialog", lambda dialog: sight.troubles.append(dialog.message))
    sight.page.on(
        "console",
        lambda said: (
            sight.troubles.append(said.text) if said.type in ("error", "warning") else None
        ),
    )
    yield sight
    context.close()


TOUCH = pytest.mark.parametrize("sight", [{"has_touch": True, "is_mobile": True}], indirect=True)


def test_it_asks_nobody_for_anything(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address, wait_until="networkidle")
    expect(sight.map.locator("path[data-area]")).to_have_count(6)
    sight.map.locator('path[data-area="16249"]').hover()
    assert [url for url in sight.requests if not url.startswith("data:")] == [
        f"{site.address}/",
        f"{site.address}/map",
    ]
    assert sight.troubles == []


@TOUCH
def test_a_tap_shows_figure_interval_and_answers(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address)
    sight.map.locator('path[data-area="16249"]').tap()
    card = sight.map.locator("#card")
    for said in ("xã Mậu Lâm", "74,4\u00a0%", "khoảng tin cậy 95 %", "1.234", "thận trọng"):
        expect(card).to_contain_text(said)
    assert sight.troubles == []


def test_the_keyboard_reaches_every_area(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address)
    sight.map.locator('path[data-area="16228"]').focus()
    seen = set()
    for _ in AREAS:
        seen.add(sight.map.locator("#card b").inner_text())
        sight.page.keyboard.press("Tab")
    assert seen == {area.name for area in AREAS}


def test_a_withheld_area_is_hatched_and_says_why(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address)
    area = sight.map.locator('path[data-area="16258"]')
    expect(area).to_have_attribute("fill", "url(#unpublished)")
    area.hover()
    expect(sight.map.locator("#card")).to_contain_text(TOO_FEW_VI)
    expect(sight.map.locator("#card")).to_contain_text("Không công bố")


def test_hostile_names_are_shown_and_nothing_of_them_runs(sight: Sight, site: Site) -> None:
    site.document = render_html(hostile_spec(), TILES)
    sight.page.goto(site.address)
    for code in ("16228", "16234"):
        sight.map.locator(f'path[data-area="{code}"]').hover()
        expect(sight.map.locator("#card b")).to_have_text(HOSTILE)
    frame = sight.page.frames[1]
    assert frame.evaluate("[typeof window.pwned, document.images.length]") == ["undefined", 0]
    assert sight.troubles == []
    assert site.asked == ["/", "/map"]


def test_a_script_that_slipped_in_would_not_run(sight: Sight, site: Site) -> None:
    site.document = render_html(spec(), TILES).replace(
        "</header>", "</header><script>window.pwned=1</script><img src=x onerror=window.pwned=2>"
    )
    sight.page.goto(site.address)
    expect(sight.map.locator("path[data-area]")).to_have_count(6)
    assert sight.page.frames[1].evaluate("typeof window.pwned") == "undefined"
    assert sight.troubles  # the policy says so on the console
    assert site.asked == ["/", "/map"]


@pytest.mark.parametrize("sight", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_there_is_a_picture_and_the_table(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address)
    expect(sight.map.locator("svg.still path")).to_have_count(6)
    expect(sight.map.locator("svg.still")).to_be_visible()
    expect(sight.map.locator("tbody tr")).to_have_count(6)


@pytest.mark.parametrize("sight", [{"java_script_enabled": False}], indirect=True)
def test_the_stamp_covers_no_area_of_the_still_picture(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address)
    stamp = sight.map.locator(".stamp").bounding_box()
    assert stamp is not None
    for each in sight.map.locator("svg.still path").all():
        box = each.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= stamp["y"] + 1


def test_on_a_phone_every_tile_carries_its_name(sight: Sight, site: Site) -> None:
    sight.page.goto(site.address)
    expect(sight.map.locator(".tag")).to_have_count(len(AREAS))


def test_the_page_around_it_is_told_its_height(sight: Sight, site: Site) -> None:
    sight.page.add_init_script(
        "addEventListener('message', e => { window.told = e.data.khaosatMapHeight; })"
    )
    sight.page.goto(site.address)
    sight.page.wait_for_function("window.told > 1000")
    height = sight.page.frames[1].evaluate("document.documentElement.scrollHeight")
    assert sight.page.evaluate("window.told") <= height + 1  # one of them is rounded


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_phone_and_desk_in_both_languages(
    sight: Sight, site: Site, lang: str, width: int
) -> None:
    site.document = render_html(spec(), TILES, lang)
    sight.page.set_viewport_size({"width": width, "height": 1950})  # the whole frame in view
    sight.page.goto(site.address)
    sight.map.locator('path[data-area="16249"]').hover()
    expect(sight.map.locator(".tag")).to_have_count(len(AREAS))  # the names on the tiles
    frame = sight.page.frames[1]
    assert frame.evaluate("document.documentElement.scrollWidth") <= width
    assert frame.evaluate("document.documentElement.lang") == lang
    for drawn in (sight.page, frame):  # two frames later it is on the screen
        drawn.evaluate("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    sight.page.screenshot(path=SCREENSHOTS / f"map-{lang}-{width}.png")
