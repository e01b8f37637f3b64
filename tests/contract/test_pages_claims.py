"""What local reports say, beside the interval of the survey; targets; who is left behind.

C1. A report's figure is inside, above or below the interval; "more than" is supported or not; where
    nothing is published nothing can be said.
C2. Those who analyse enter and remove, others read; what cannot be is refused and nothing stored.
C3. Names and sources run nowhere.
C4. The long page leads to each of its parts, and says of every group at once how ready it is.
"""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection.models import AuditEvent, User
from surveys.results.models import Claim, Estimate
from tests.page_world import HOSTILE, World

pytestmark = pytest.mark.django_db
SAID: dict[str, Any] = {
    "commune": "16228", "indicator": "smartphone_own", "percent": "90,5", "source": "Báo Nghệ An",
    "stated_on": "2026-03-01",
}  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    world.run.recipe = {"targets": {"equipped": 80}}
    world.run.report["left_behind"] = [
        {"kind": "sex", "group": "f", "n": 410, "population_share": 0.52, "of_not_ready": 0.6,
         "ready": told(0.55), "near": told(0.7), "wants_help": told(None)},
    ]  # fmt: skip
    world.run.save()
    return world


def told(value: float | None) -> dict[str, Any]:
    ends = (None, None) if value is None else (value - 0.05, value + 0.05)
    return {"estimate": value, "lower": ends[0], "upper": ends[1], "caution": False,
            "reason_vi": "Ít người trả lời.", "reason_en": "Few answers."}  # fmt: skip


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def section(world: World, user: User, name: str) -> str:
    page = client_of(user).get(reverse("readiness", args=[world.round.pk])).content.decode()
    return page.split(f'id="{name}"', 1)[1].split("</section>", 1)[0]


def test_a_report_is_held_against_the_interval(world: World) -> None:
    client, path = client_of(world.analyst), reverse("claim_add", args=[world.round.pk])
    for commune, percent, more in (
        ("16228", "85", {}),
        ("16228", "99", {"source": "Báo cáo xã"}),
        ("16228", "95", {"source": "Báo tỉnh", "is_at_least": "1"}),
        ("16258", "50", {}),
        ("", "60", {"indicator": "equipped"}),
    ):
        client.post(path, {**SAID, "commune": commune, "percent": percent, **more})
    part = section(world, world.analyst, "claims")
    for word in ("trong khoảng", "cao hơn khoảng", "khảo sát bác bỏ", "chưa nói được", "≥ 95"):
        assert word in part, word
    whole = part.split("Cả đợt khảo sát", 1)[1].split("</tr>", 1)[0]
    assert "80" in whole  # the target of the round
    assert "−27,0" in whole  # 53 against 80
    assert AuditEvent.objects.filter(action="claim.add").count() == 5


def test_the_figure_of_a_group_says_nothing_of_a_report_on_one_commune(world: World) -> None:
    row = Estimate.objects.get(run=world.run, indicator="smartphone_own", domain="16228")
    hidden = Estimate.objects.get(run=world.run, indicator="smartphone_own", domain="16258")
    Estimate.objects.create(
        run=world.run, indicator="smartphone_own", domain_type="commune", domain="16258",
        method="grouped", members=["16228", "16258"], estimate=row.estimate, lower=row.lower,
        upper=row.upper, se=row.se, n=row.n, n_psu=row.n_psu, df=row.df, publication="publish",
        interval=row.interval,
    )  # fmt: skip
    assert hidden.publication == "none"
    path = reverse("claim_add", args=[world.round.pk])
    said = {**SAID, "commune": "16258", "percent": "99", "is_at_least": "1"}
    client_of(world.analyst).post(path, said)
    part = section(world, world.viewer, "claims")
    assert "của nhóm xã" in part
    assert "chưa nói được" in part
    assert "khảo sát bác bỏ" not in part


def test_what_cannot_be_is_refused_and_readers_enter_nothing(world: World) -> None:
    path = reverse("claim_add", args=[world.round.pk])
    client = client_of(world.analyst)
    for wrong in (
        {"percent": "120"}, {"percent": "nan"}, {"percent": "viele"}, {"source": " "},
        {"source": "a\x00b"},
        {"stated_on": "2999-01-01"}, {"stated_on": "x"}, {"indicator": "first_gap"},
        {"indicator": "sat_users"}, {"commune": "99999"},
    ):  # fmt: skip
        client.post(path, {**SAID, **wrong})
        assert not Claim.objects.exists(), wrong
    for user in (world.viewer, world.rated, world.elsewhere, world.cast.bob):
        assert client_of(user).post(path, SAID).status_code == 403
    client.post(path, SAID)
    client.post(path, SAID)  # twice is once
    claim = Claim.objects.get()
    assert claim.share == pytest.approx(0.905)
    gone = reverse("claim_remove", args=[world.round.pk, claim.pk])
    assert client_of(world.viewer).post(gone).status_code == 403
    assert gone not in section(world, world.viewer, "claims")
    client.post(gone)
    assert not Claim.objects.exists()


def test_hostile_sources_run_nowhere_and_groups_are_told(world: World) -> None:
    path = reverse("claim_add", args=[world.round.pk])
    client_of(world.analyst).post(path, {**SAID, "source": HOSTILE})
    assert "<script>alert" not in section(world, world.viewer, "claims")
    part = section(world, world.viewer, "left-behind")
    row = part.split("Nữ</th>", 1)[1].split("</tr>", 1)[0]
    for said in ("52", "55", "60", "70", "..", "410"):
        assert said in row, said


def test_the_page_leads_to_its_parts_and_a_line_sums_up_each_way_of_parting(world: World) -> None:
    page = client_of(world.viewer).get(reverse("readiness", args=[world.round.pk])).content.decode()
    jumps = page.split('class="jumps', 1)[1].split("</nav>", 1)[0]
    names = re.findall(r'href="#([^"]+)"', jumps)
    assert {"communes", "ladder", "left-behind", "claims"} <= set(names)
    assert [name for name in names if page.count(f'id="{name}"') != 1] == []
    line = page.split('id="left-behind"', 1)[1].split("</summary>", 1)[0]
    assert "Nữ <strong>55,0" in line
    assert "50,0" in line  # never without its interval
    assert "Địa phương nói" not in section(world, world.viewer, "claims")  # no report, no columns
