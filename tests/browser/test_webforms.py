"""A citizen scans the QR code at the desk: the form opens, is sent once, and nothing goes outside.

W1 the record arrives with the values that were tapped, and with what the link fills in.
W2 no request leaves the server; the page runs under its strict policy.
W3 what could not be sent stays on the device and goes later; two taps make one record.
W4 a paused link says so; a link for one record each stops the second.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.instruments import TEXTS, published
from tests.openrosa_world import run_python
from tests.server import EMAIL, RunningServer

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.timeout(300),
]
SEED = """
from surveys.collection import public_links
admin = User.objects.get(email=given["email"]).actor
project = projects.create_project(admin, "Một cửa")
form = publishing.create_form(admin, project, given["form"].encode(), publish=True)
form.refresh_from_db()
link = public_links.create(admin, form, "Bàn số 1", prefill={"centre": "TT01", "counter": "3"})
once = public_links.create(admin, form, "Mỗi người một lần", once=True)
print(json.dumps({"link": link.pk, "token": link.token, "once": once.token}))
"""
STORED = """
rows = Submission.objects.filter(submitter=given["link"]).order_by("id")
print(json.dumps([[r.instance_id, r.records.get(table="").values] for r in rows]))
"""
ANSWERS = {
    "Ông/bà đến làm giấy tờ gì?": "Đất đai",
    "Hôm nay ông/bà đến để": "Nộp hồ sơ",
    "Hôm nay, nói chung ông/bà hài lòng": "Rất hài lòng",
    "Hài lòng hay không hài lòng về thái độ": "Hài lòng",
    "Hôm nay phải đợi bao lâu?": "Dưới 15 phút",
    "Có bị đòi giấy tờ nào": "Không",
    "Có bị đòi khoản tiền nào": "Không",
    "Ai bấm phiếu này?": "Tôi tự bấm",
}


@dataclass(frozen=True, slots=True)
class Site:
    server: RunningServer
    link: int
    token: str
    once: str

    def stored(self) -> list[Any]:
        found: list[Any] = run_python(self.server, STORED, link=self.link)
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = RunningServer.prepare(tmp_path_factory.mktemp("home"))
    running.start()
    made = run_python(running, SEED, email=EMAIL, form=published("exit_slip").decode())
    yield Site(running, made["link"], made["token"], made["once"])
    running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    """A cheap phone that knows nothing; `outside` and `faults` must stay empty."""
    device = chromium.new_context(locale="vi-VN", viewport={"width": 390, "height": 844})
    page = device.new_page()
    page.faults = []
    page.outside = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else 0)
    page.on(
        "request",
        lambda asked: (
            None
            if re.match(r"http://127\.0\.0\.1:|data:|blob:", asked.url)
            else page.outside.append(asked.url)
        ),
    )
    yield page
    device.close()


def open_form(tab: Any, site: Site, token: str, query: str = "") -> None:
    tab.goto(f"{site.server.base}/f/{token}/{query}")
    tab.wait_for_selector(".question-container")


def answer_all(tab: Any) -> None:
    for question, chosen in ANSWERS.items():
        asked = tab.locator(".question-container", has_text=question).first
        asked.locator("label.value-option").filter(has_text=re.compile(f"^{chosen}$")).click()


def send(tab: Any) -> None:
    tab.get_by_role("button", name="Gửi", exact=True).click()


def test_an_exit_slip_is_filled_on_a_phone_and_arrives_as_it_was_tapped(
    site: Site, tab: Any
) -> None:
    before = len(site.stored())
    open_form(tab, site, site.token, "?d[tok]=R-77&d[centre]=GIẢ")
    answer_all(tab)
    tab.locator("textarea").fill("Cảm ơn <b>cán bộ</b> & mọi người")
    send(tab)
    tab.wait_for_selector("#thanks:visible")
    receipt = tab.inner_text("#receipt")
    stored = site.stored()
    assert len(stored) == before + 1
    instance_id, values = stored[-1]
    assert instance_id.removeprefix("uuid:")[:8].upper() == receipt
    assert {name: values[name] for name in ("centre", "counter", "tok")} == {
        "centre": "TT01",
        "counter": "3",
        "tok": "R-77",
    }
    assert (values["s1"], values["s2"], values["s3"], values["s9"]) == (
        "land",
        "submit",
        "5",
        "self",
    )
    assert values["s10"] == "Cảm ơn <b>cán bộ</b> & mọi người"
    assert tab.outside == []
    assert tab.faults == []


def test_questions_without_an_answer_are_named_in_vietnamese(site: Site, tab: Any) -> None:
    open_form(tab, site, site.token)
    send(tab)
    assert "8 câu cần xem lại." in tab.inner_text("#webform")
    assert "Xin trả lời câu này." in tab.inner_text("#webform")
    assert TEXTS["centre_name"] in tab.inner_text("#webform")


def test_two_taps_and_a_lost_network_make_one_record(site: Site, tab: Any) -> None:
    before = len(site.stored())
    open_form(tab, site, site.token)
    answer_all(tab)
    tab.context.set_offline(True)
    tab.get_by_role("button", name="Gửi", exact=True).dblclick()
    tab.wait_for_selector("#again:visible")
    assert "Câu trả lời được giữ trên máy này" in tab.inner_text("main")
    kept = tab.inner_text("#kept-receipt")
    assert len(site.stored()) == before
    tab.context.set_offline(False)  # the page notices by itself
    tab.wait_for_selector("#thanks:visible")
    assert tab.inner_text("#receipt") == kept
    assert len(site.stored()) == before + 1


def test_a_record_whose_receipt_got_lost_is_kept_over_a_closed_page(site: Site, tab: Any) -> None:
    before = len(site.stored())
    open_form(tab, site, site.token)
    answer_all(tab)

    def lose_the_reply(route: Any) -> None:
        route.fetch()
        route.abort()

    tab.route("**/submission?*", lose_the_reply)
    send(tab)
    tab.wait_for_selector("#again:visible")
    assert len(site.stored()) == before + 1
    tab.unroute("**/submission?*")
    tab.goto(f"{site.server.base}/f/{site.token}/")  # opened again, it sends what it kept
    tab.wait_for_selector("#thanks:visible")
    assert len(site.stored()) == before + 1


def test_a_link_for_one_record_each_stops_the_second(site: Site, tab: Any) -> None:
    open_form(tab, site, site.once)
    answer_all(tab)
    send(tab)
    tab.wait_for_selector("#thanks:visible")
    tab.goto(f"{site.server.base}/f/{site.once}/")
    tab.wait_for_selector("[data-state=once]:visible")


def test_a_browser_without_scripts_gets_a_sentence(site: Site, chromium: Any) -> None:
    device = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    page = device.new_page()
    page.goto(f"{site.server.base}/f/{site.token}/")
    assert "JavaScript đang tắt" in page.inner_text("main")
    device.close()


def test_a_token_that_opens_nothing_is_answered_with_what_to_do(site: Site, tab: Any) -> None:
    reply = tab.goto(f"{site.server.base}/f/{'a' * 64}/")
    assert reply.status == 403
    assert "Hãy hỏi nơi đã đưa mã QR" in tab.inner_text("main")
