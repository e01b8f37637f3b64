"""The page of a commune in a run: what is shown, what is withheld, who lies beside it."""

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import User
from surveys.results.models import Estimate, Run
from surveys.territory.models import AdminUnit
from tests.page_figures import make_artefact
from tests.page_world import HOSTILE, World

pytestmark = pytest.mark.django_db
SHAPES = {"16228": (0, 0), "16234": (10, 0), "16249": (20, 0), "16258": (0, 10)}


def read(user: User, run: Run, code: str, route: str = "commune", **query: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse(route, args=[run.pk, code]), query)
    assert answer.status_code == 200
    return answer.content.decode("utf-8-sig")


def status(user: User, run: Run, code: str) -> int:
    client = Client()
    client.force_login(user)
    return client.get(reverse("commune", args=[run.pk, code])).status_code


def locate(run: Run, near: dict[str, list[str]]) -> None:
    """As the run's job leaves it."""
    areas = {
        code: {"path": f"M{x} {y}h9v9h-9z", "box": [x, y, x + 9, y + 9]}
        for code, (x, y) in SHAPES.items()
    }
    about = {"areas": areas, "near": near, "is_sketch": not near, "source": "Nguồn", "date": ""}
    make_artefact(run, "locator", "locator.json", "", json.dumps(about).encode())


def test_a_commune_has_its_figures_steps_and_neighbours(world: World) -> None:
    locate(world.run, {"16249": ["16228"], "16228": ["16249"]})
    page = read(world.viewer, world.run, "16249")
    assert "<h1>xã Mậu Lâm</h1>" in page
    assert page.count("<strong>60,0") == 0  # every number is its own
    assert "người lớn sẵn sàng số" in page
    for said in ("Bước phone", "Số người", "±", "người ở thường xuyên", "n = 214", "Trực tiếp"):
        assert said in page
    assert "Bên cạnh các xã giáp ranh" in page
    assert "Xuân Du" not in page.partition("Bên cạnh các xã giáp ranh")[2].partition("</table>")[0]
    assert '<path class="is-here" d="M20 0h9v9h-9z"/>' in page
    assert '<path class="is-near" d="M0 0h9v9h-9z"/>' in page
    assert f'rel="prev" href="{reverse("commune", args=[world.run.pk, "16234"])}"' in page
    assert f'rel="next" href="{reverse("commune", args=[world.run.pk, "16258"])}"' in page


def test_a_withheld_commune_says_why_and_shows_no_figure(world: World) -> None:
    locate(world.run, {})
    page = read(world.viewer, world.run, "16258")
    assert "Xã này chưa có con số riêng được công bố." in page
    assert "Chỉ có 3 thôn. Hãy xem con số chung của cả đợt khảo sát." in page
    assert "Sơ đồ – không phải địa giới hành chính." in page
    assert "Bên cạnh các xã khác của đợt" in page
    lines = list(csv.DictReader(io.StringIO(read(world.viewer, world.run, "16258", "commune_csv"))))
    assert len(lines) > 10
    assert {line["estimate"] + line["lower"] + line["upper"] for line in lines} == {""}
    assert lines[0]["note"].startswith("Chỉ có 3 thôn.")
    shown = csv.DictReader(io.StringIO(read(world.viewer, world.run, "16228", "commune_csv")))
    assert all(line["estimate"] for line in shown)


def test_words_beside_neighbours_need_intervals_that_lie_apart(world: World) -> None:
    locate(world.run, {"16228": ["16234", "16249", "16258"]})
    equipped = Estimate.objects.filter(indicator="equipped", domain_type="commune")
    equipped.filter(domain="16228").update(estimate=0.5, lower=0.45, upper=0.55)
    equipped.filter(domain="16234").update(estimate=0.3, lower=0.25, upper=0.35)
    equipped.filter(domain="16249").update(estimate=0.6, lower=0.54, upper=0.66)
    page = read(world.viewer, world.run, "16228").partition("Bên cạnh các xã giáp ranh")[2]
    assert "Cao hơn 1 xã, thấp hơn 0 xã, chưa phân biệt được với 1 xã." in page
    assert "thứ hạng" not in page


def test_a_hostile_name_is_text_on_the_page_and_no_formula_in_the_file(world: World) -> None:
    locate(world.run, {})
    AdminUnit.objects.filter(code="16228").update(name=HOSTILE)
    for language_page in (
        read(world.viewer, world.run, "16228"),
        read(world.viewer, world.run, "16234"),
    ):
        assert "<script>alert" not in language_page
        assert "<img src=x" not in language_page
    AdminUnit.objects.filter(code="16228").update(type="=cmd|x", name="1 A")
    assert "'=cmd" in read(world.viewer, world.run, "16228", "commune_csv")


def test_only_communes_of_the_run_have_a_page_and_only_its_readers_see_it(world: World) -> None:
    for code in ("00000", "99999", "x-y"):
        assert status(world.viewer, world.run, code) == 404
    assert status(world.rated, world.run, "16228") == 200  # published figures, as on the map
    assert status(world.elsewhere, world.run, "16228") == 200
    assert status(world.cast.bob, world.run, "16228") == 403
    assert Client().get(reverse("commune", args=[world.run.pk, "16228"])).status_code == 302
    Run.objects.filter(pk=world.run.pk).update(published_at=None)
    assert status(world.viewer, world.run, "16228") == 403
    assert status(world.analyst, world.run, "16228") == 200


def test_another_commune_is_chosen_from_a_list_without_a_script(world: World) -> None:
    client = Client()
    client.force_login(world.viewer)
    path = reverse("commune_of", args=[world.run.pk])
    answer = client.get(path, {"code": "16249"})
    assert answer.headers["Location"] == reverse("commune", args=[world.run.pk, "16249"])
    assert client.get(path, {"code": "//evil.example"}).headers["Location"].endswith("/16228/")
