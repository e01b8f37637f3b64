"""Households are shared out in a browser without JavaScript."""

import json
import shutil
from collections.abc import Iterator

import pytest
from django.urls import reverse

from tests.cast import PASSWORD
from tests.server import RunningServer

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.timeout(300),
]
SEED = """
import json
from tests.page_world import make_world
w = make_world()
print(json.dumps({"round": w.round.pk, "phone": w.phone.pk}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer.prepare(tmp_path_factory.mktemp("home"))
    running.start()
    yield running
    running.stop()


def test_a_commune_is_filtered_ticked_previewed_and_given_without_javascript(
    site: RunningServer,
) -> None:
    at = json.loads(site.manage("shell", "-v", "0", "-c", SEED).splitlines()[-1])
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = opened.new_page(
            java_script_enabled=False, locale="vi", viewport={"width": 390, "height": 844}
        )
        tab.goto(site.base + reverse("login"))
        tab.fill("[name=email]", "sup@example.vn")
        tab.fill("[name=password]", PASSWORD)
        tab.click("main button")
        tab.goto(site.base + reverse("assigning", args=[at["round"]]))
        tab.select_option("#commune", "16249")
        tab.click("text=Lọc")
        assert tab.locator("input[name=psu]").count() == 1
        tab.check("input[name=commune]")
        tab.select_option("select[name=to]", str(at["phone"]))
        tab.click("text=Xem trước thay đổi")
        assert "Giao 2 hộ ở 1 thôn cho Nguyễn Thị Lan?" in tab.inner_text("h1")
        tab.click("text=Đồng ý")
        assert "Đã giao 2 hộ cho Nguyễn Thị Lan." in tab.inner_text("main")
        opened.close()
