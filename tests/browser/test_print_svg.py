"""A printed map as SVG in Chromium: hostile texts do nothing, letters come from the file."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from maps.print_files import Format, print_map
from tests.unit.maps.examples import TILES, hostile_spec

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def test_a_hostile_svg_runs_nothing_and_asks_nobody(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    picture = tmp_path / "map.svg"
    picture.write_bytes(print_map(hostile_spec(), TILES, Format.SVG))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(picture.as_uri())
        fonts = page.evaluate("document.fonts.ready.then(f => [...f].map(each => each.status))")
        pwned = page.evaluate("typeof window.pwned")
        browser.close()
    assert [each for each in asked if not each.startswith("data:")] == [picture.as_uri()]
    assert pwned == "undefined"
    assert fonts == ["loaded", "loaded"]
