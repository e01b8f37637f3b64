"""The page of a commune in Chromium: hostile names do nothing, it fits a phone, keys reach all."""

import json
import re
import shutil

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from surveys.results.models import Estimate
from surveys.territory.models import AdminUnit
from tests.page_figures import make_artefact
from tests.page_world import make_world
from tests.unit.maps.examples import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def rendered() -> str:
    """The page as it is served, every text that people can write an attack; styles left out."""
    world = make_world()
    AdminUnit.objects.filter(code="16228").update(name=HOSTILE[:100])
    Estimate.objects.filter(domain="16258").update(reason_vi=HOSTILE)
    areas = {"16258": {"path": "M0 0h9v9h-9z", "box": [0, 0, 9, 9]}}
    about = {"areas": areas, "near": {}, "is_sketch": False, "source": HOSTILE, "date": HOSTILE}
    make_artefact(world.run, "locator", "locator.json", "", json.dumps(about).encode())
    client = Client()
    client.force_login(world.viewer)
    page = client.get(reverse("commune", args=[world.run.pk, "16258"])).content.decode()
    return re.sub(r"<(link|script)[^>]*(href|src)=[^>]*>(</script>)?", "", page)


def test_hostile_names_are_text_and_a_phone_reads_the_page() -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    document = rendered()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(document)  # without the policy that the server sends: names alone hold
        found = page.evaluate("[typeof window.pwned, document.querySelectorAll('main img').length]")
        shown = page.locator("main").inner_text()
        links = page.locator("main nav a").count()
        browser.close()
    assert found == ["undefined", 0]
    assert HOSTILE in shown
    assert asked == []
    assert links >= 2  # the table of communes, and the one before
