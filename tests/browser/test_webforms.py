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
from tests.page_world import PNG
from tests.server import EMAIL, PASSWORD, RunningServer

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
places = publishing.create_form(admin, project, given["places"].encode(), publish=True)
publishing.set_draft(admin, places, given["places"].replace('version="1"', 'version="2"').encode())
places.refresh_from_db()
onmap = public_links.create(admin, places, "Bản đồ")
link = public_links.create(admin, form, "Bàn số 1", prefill={"centre": "TT01", "counter": "3"})
once = public_links.create(admin, form, "Mỗi người một lần", once=True)
print(json.dumps({"link": link.pk, "token": link.token, "once": once.token,
                  "places": places.pk, "map": onmap.token, "map_link": onmap.pk}))
"""
PLACES = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa">
  <h:head><h:title>Ảnh và bản đồ</h:title><model>
    <instance><data id="noi" version="1"><cho/><noi/><anh/><meta><instanceID/></meta></data>
    </instance>
    <bind nodeset="/data/cho" type="geopoint"/><bind nodeset="/data/noi" type="geopoint"/>
    <bind nodeset="/data/anh" type="binary"/>
    <bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/>
  </model></h:head>
  <h:body><input ref="/data/cho"><label>Vị trí</label></input>
    <input ref="/data/noi" appearance="placement-map"><label>Trên bản đồ</label></input>
    <upload ref="/data/anh" mediatype="image/*"><label>Ảnh</label></upload></h:body>
</h:html>"""
BY_FORM = """
rows = Submission.objects.filter(form=given["form"], is_draft=given["is_draft"]).order_by("id")
print(json.dumps([[r.submitter_id and r.submitter.display_name, r.records.get(table="").values,
    {a.name: a.blob_id for a in r.versions.get(is_current=True).attachments.all()}] for r in rows]))
"""
PAUSE = """
from surveys.collection import public_links
link = PublicLink.objects.get(pk=given["link"])
getattr(public_links, given["change"])(User.objects.get(email=given["email"]).actor, link)
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
    places: int
    map: str

    def by_form(self, *, is_draft: bool = False) -> list[Any]:
        found: list[Any] = run_python(self.server, BY_FORM, form=self.places, is_draft=is_draft)
        return found

    def stored(self) -> list[Any]:
        found: list[Any] = run_python(self.server, STORED, link=self.link)
        return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = RunningServer.prepare(tmp_path_factory.mktemp("home"))
    running.start()
    made = run_python(
        running, SEED, email=EMAIL, form=published("exit_slip").decode(), places=PLACES
    )
    yield Site(running, made["link"], made["token"], made["once"], made["places"], made["map"])
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


def test_the_questions_are_in_the_language_of_the_page(site: Site, tab: Any) -> None:
    open_form(tab, site, site.token)
    tab.get_by_role("button", name="English").click()
    tab.wait_for_selector(".question-container")
    assert "What did you come for?" in tab.inner_text("#webform")
    send_in_english = tab.get_by_role("button", name="Send", exact=True)
    send_in_english.click()
    assert "8 questions with errors." in tab.inner_text("#webform")


def test_two_taps_and_a_lost_network_make_one_record(site: Site, tab: Any) -> None:
    before = len(site.stored())
    open_form(tab, site, site.token)
    answer_all(tab)
    tab.context.set_offline(True)
    tab.get_by_role("button", name="Gửi", exact=True).dblclick()
    tab.wait_for_selector("#again:visible")
    assert "Câu trả lời được giữ trên máy này" in tab.inner_text("main")
    assert not tab.is_visible("#drop")  # nothing is thrown away for want of a network
    kept = tab.inner_text("#kept-receipt")
    assert len(site.stored()) == before
    tab.context.set_offline(False)  # the page notices by itself
    tab.wait_for_selector("#thanks:visible")
    assert tab.inner_text("#receipt") == kept
    assert len(site.stored()) == before + 1


def test_a_shared_tablet_without_network_takes_the_next_form_and_sends_all_later(
    site: Site, tab: Any
) -> None:
    before = len(site.stored())
    open_form(tab, site, site.token)
    answer_all(tab)
    tab.context.set_offline(True)
    send(tab)
    tab.get_by_role("button", name="Để sau, điền phiếu khác").click()
    tab.wait_for_selector(".question-container")
    assert tab.inner_text("#kept-count") == "1"
    answer_all(tab)
    send(tab)
    tab.wait_for_selector("#another:visible")
    tab.click("#another")
    tab.wait_for_selector("#kept-count:has-text('2')")
    tab.context.set_offline(False)
    tab.wait_for_selector("#kept-note", state="hidden")
    assert len(site.stored()) == before + 2


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


def test_a_paused_link_keeps_the_answers_until_the_reader_drops_them(site: Site, tab: Any) -> None:
    before = len(site.stored())
    open_form(tab, site, site.token)
    answer_all(tab)
    run_python(site.server, PAUSE, link=site.link, change="pause", email=EMAIL)
    send(tab)
    tab.wait_for_selector("#again:visible")
    assert "đang tạm dừng" in tab.inner_text("#why")
    assert tab.is_visible("#drop")
    run_python(site.server, PAUSE, link=site.link, change="resume", email=EMAIL)
    tab.click("#again")
    tab.wait_for_selector("#thanks:visible")
    assert len(site.stored()) == before + 1


def test_a_link_for_one_record_each_stops_the_second(site: Site, tab: Any) -> None:
    open_form(tab, site, site.once)
    answer_all(tab)
    send(tab)
    tab.wait_for_selector("#thanks:visible")
    tab.goto(f"{site.server.base}/f/{site.once}/")
    tab.wait_for_selector("[data-state=once]:visible")


def test_a_photo_and_a_place_arrive_and_the_map_asks_nobody_outside(site: Site, tab: Any) -> None:
    tab.context.grant_permissions(["geolocation"])
    tab.context.set_geolocation({"latitude": 19.81, "longitude": 105.78, "accuracy": 5})
    open_form(tab, site, site.map)
    tab.wait_for_selector("canvas, .map-block-error")  # the map is drawn, or says that it cannot
    photo = {"name": "ảnh 1.png", "mimeType": "image/png", "buffer": PNG}
    tab.locator("input[type=file]").last.set_input_files(photo)
    tab.get_by_role("button", name="Lấy vị trí").first.click()
    tab.get_by_role("button", name="Lưu vị trí").click()
    send(tab)
    tab.wait_for_selector("#thanks:visible")
    ((sender, values, files),) = site.by_form()
    assert sender == "Bản đồ"
    assert values["cho"].startswith("19.81 105.78 ")
    assert list(files) == [values["anh"]]
    assert files[values["anh"]] is not None
    assert tab.outside == []
    assert tab.faults == []


def test_staff_try_a_draft_and_fill_a_form_under_their_own_name(site: Site, tab: Any) -> None:
    before = len(site.by_form())
    tab.goto(f"{site.server.base}/login/")
    tab.fill("[name=email]", EMAIL)
    tab.fill("[name=password]", PASSWORD)
    tab.click("main button")
    for page, said in (("try", "Bản nháp đang thử"), ("fill", "mang tên của bạn")):
        tab.goto(f"{site.server.base}/forms/{site.places}/{page}/")
        tab.wait_for_selector(".question-container")
        assert said in tab.inner_text("main")
        send(tab)
        tab.wait_for_selector("#thanks:visible")
    assert [sender for sender, _, _ in site.by_form(is_draft=True)] == [None]
    filled = site.by_form()
    assert len(filled) == before + 1
    assert filled[-1][0] == EMAIL
    assert tab.outside == []
    assert tab.faults == []


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
