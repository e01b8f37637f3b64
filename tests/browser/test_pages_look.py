"""Every page in Chromium, in both languages, at the width of a phone and of a desk.

A page fails when it asks for anything outside the server, writes an error to the console, or is
wider than the screen. The screenshots go to build/screenshots/.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings
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
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
# Every language and every width in the fast set; all four pairs where there is time.
LOOKS = [
    ("vi", 390),
    ("en", 1280),
    pytest.param("vi", 1280, marks=pytest.mark.slow),
    pytest.param("en", 390, marks=pytest.mark.slow),
]


# Made by the server's own database; what it prints is the numbers of the things in it.
SEED = """
import json
from tests.page_world import make_world
w = make_world()
w.job.created_by = w.cast.admin.actor
w.job.save()
w.case.submission.visit.delete()  # it stands outside the sample
w.case.submission.records.filter(table="", ordinal=0).update(values={"hh": "7f3a-not-there"})
from surveys.collection.models import Delivery, Webhook
from surveys.fieldwork import bulk
admin = w.cast.admin.actor
hook = Webhook.objects.create(
    project=w.cast.project, name="Kho", chosen_by=admin, events=["form.published"],
    address="https://kho.example.vn/" + "x" * 90)
Delivery.objects.create(hook=hook, source="x", event="form.published", state="given_up", status=500,
                        error="Internal Server Error " * 9, next_at=hook.created_at)
change = bulk.Change(bulk.Action.ASSIGN, to=w.phone.pk)
changed = bulk.order(admin, w.form, change, [w.submission.pk, 99])
from surveys.collection import jobs
from surveys.results import outreach, outreach_job
plan = outreach.ask(admin, w.run, "Hai đội", outreach.Wish(days=6, least_days=1))
plan.job.state = "running"  # so that the server's worker leaves it to us
plan.job.save()
jobs.run(plan.job)
print(json.dumps({
    "plan": plan.pk, "hook": hook.pk, "changed": changed.pk,
    "project": w.cast.project.pk, "form": w.form.pk, "phone": w.phone.pk, "kept": w.kept.pk,
    "record": w.submission.pk, "round": w.round.pk, "case": w.case.pk, "run": w.run.pk,
    "village": w.case.household.village_id, "viewer": w.viewer.pk, "job": w.job.pk,
    "empty": w.cast.other.pk,
}))
"""


def addresses(at: dict[str, int]) -> dict[str, str]:
    project, form, found = at["project"], at["form"], at["round"]
    named: dict[str, list[int | str]] = {
        "home": [],
        "area_links": [],
        "project": [project],
        "upload": [project],
        "new_project": [],
        "people": [project],
        "phone": [project, at["phone"]],
        "phone_sheets": [project],
        "phone_revoke": [project, at["phone"]],
        "new_account": [project],
        "quarantine": [project],
        "quarantined": [project, at["kept"]],
        "webhooks": [project],
        "webhook": [project, at["hook"]],
        "bulk": [form, at["changed"]],
        "form": [form],
        "form_state": [form, "closed"],
        "submissions": [form],
        "record": [form, at["record"]],
        "new_round": [project],
        "round": [found],
        "round_forms": [found],
        "round_import": [found, "villages"],
        "round_lock": [found],
        "fieldwork": [found],
        "unmatched": [found],
        "assigning": [found],
        "assigning_village": [found, at["village"]],
        "account": [project, at["viewer"]],
        "own_account": [],
        "cases": [found],
        "case": [found, at["case"]],
        "satisfaction": [found],
        "readiness": [found],
        "outreach": [found],
        "outreach_plan": [at["plan"]],
        "technical": [found],
        "publish_run": [at["run"]],
        "job": [at["job"]],
        "forgotten": [],
    }
    paths = {name: reverse(name, args=arguments) for name, arguments in named.items()}
    paths |= {
        "empty_project": reverse("project", args=[at["empty"]]),
        "empty_people": reverse("people", args=[at["empty"]]),
        "empty_quarantine": reverse("quarantine", args=[at["empty"]]),
        "not_found": "/there/is/nothing/",
    }
    return paths


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer.prepare(tmp_path_factory.mktemp("home"))
    running.environment["KHAOSAT_PROBE"] = "1"
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def numbers(site: RunningServer) -> dict[str, int]:
    found: dict[str, int] = json.loads(site.manage("shell", "-v", "0", "-c", SEED).splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A browser tab that keeps what it should not have done."""

    def __init__(
        self, browser: object, base: str, *, language: str, width: int, has_scripts: bool = True
    ) -> None:
        self.base = base
        self.context = browser.new_context(  # type: ignore[attr-defined]
            viewport={"width": width, "height": 844 if width < 500 else 900},
            locale=language,
            java_script_enabled=has_scripts,
        )
        self.context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": base}]
        )
        self.tab = self.context.new_page()
        self.outside: list[str] = []
        self.console: list[str] = []
        self.tab.on("request", self._request)
        self.tab.on("console", self._said)
        self.tab.on("pageerror", lambda error: self.console.append(str(error)))

    def sign_in(self) -> None:
        self.open(reverse("login"))
        self.tab.fill("[name=email]", "admin@example.vn")
        self.tab.fill("[name=password]", PASSWORD)
        self.tab.click("main button")
        self.tab.wait_for_url(self.base + "/")

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.base, "data:", "about:")):
            self.outside.append(url)

    def _said(self, message: object) -> None:
        if message.type == "error":  # type: ignore[attr-defined]
            self.console.append(message.text)  # type: ignore[attr-defined]

    def open(self, path: str) -> None:
        self.tab.goto(self.base + path, wait_until="load")

    def is_wider_than_the_screen(self) -> bool:
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return bool(self.tab.evaluate(wide))

    def photograph(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.tab.screenshot(path=str(SCREENSHOTS / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("language", "width"), LOOKS)
def test_every_page_stays_at_home_fits_the_screen_and_says_no_error(
    site: RunningServer, numbers: dict[str, int], browser: object, language: str, width: int
) -> None:
    watched = Watched(browser, site.base, language=language, width=width)
    watched.open(reverse("login"))
    watched.photograph(f"login-{language}-{width}")
    watched.sign_in()
    faults = []
    for name, path in addresses(numbers).items():
        watched.open(path)
        watched.photograph(f"{name}-{language}-{width}")
        if watched.is_wider_than_the_screen():
            faults.append(f"{name} is wider than {width} px")
        if name == "not_found":  # the browser itself reports the status of the document
            watched.console.clear()
        faults += [f"{name}: {text}" for text in watched.console]
        watched.console.clear()
    watched.context.close()
    assert faults == []
    assert watched.outside == []


def test_results_are_readable_without_javascript(
    site: RunningServer, numbers: dict[str, int], browser: object
) -> None:
    watched = Watched(browser, site.base, language="vi", width=390, has_scripts=False)
    watched.sign_in()
    watched.open(reverse("readiness", args=[numbers["round"]]))
    text = watched.tab.inner_text("main")
    assert "người lớn có đủ điện thoại thông minh" in text
    assert "Mậu Lâm" in text
    watched.tab.click("text=EN")
    assert "Digital readiness by commune" in watched.tab.inner_text("h1")
    watched.context.close()


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(
    site: RunningServer, numbers: dict[str, int], browser: object
) -> None:
    watched = Watched(browser, site.base, language="vi", width=1280)
    watched.sign_in()
    watched.open(reverse("project", args=[numbers["project"]]))
    watched.tab.keyboard.press("Tab")
    focused = watched.tab.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "#content"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert watched.tab.evaluate(outline) == "solid"
    watched.tab.keyboard.press("Enter")
    assert watched.tab.evaluate("document.activeElement.id") == "content"
    watched.context.close()


def test_after_every_page_no_web_worker_holds_a_heavy_library(
    site: RunningServer, numbers: dict[str, int], browser: object
) -> None:
    watched = Watched(browser, site.base, language="vi", width=1280)
    watched.sign_in()
    for path in addresses(numbers).values():
        watched.open(path)
    watched.context.close()
    loaded: dict[int, set[str]] = {}
    while len(loaded) < 2:  # the workers answer in turn
        with urlopen(f"{site.base}/healthz/modules") as reply:
            answer = json.load(reply)
        loaded[answer["pid"]] = {name.split(".")[0] for name in answer["modules"]}
    heavy = {"pandas", "scipy", "geopandas", "folium", "pyxform"}
    assert [found & heavy for found in loaded.values()] == [set(), set()]
