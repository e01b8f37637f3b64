"""What a run found, on pages and in the workbook: words for reform staff, tests for statisticians;
and a run beside the one published before, person by person."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from maps.specification import Language
from surveys.collection.models import AuditEvent, Job, User
from surveys.results import between_job
from surveys.results.between_queue import JOB_KIND
from surveys.results.models import Estimate, Run, RunMembers
from surveys.results.reading import beside_published, reader
from surveys.results.report.sheets import Pages, workbook
from surveys.results.report.words import Speaker
from tests.page_world import World

pytestmark = pytest.mark.django_db


def item(indicator: str, word: str, satisfied: str, matters: str) -> dict[str, Any]:
    return {
        "indicator": indicator, "importance": 0.31, "lower": 0.2, "upper": 0.42, "n": 612,
        "satisfied": satisfied, "matters": matters, "p_satisfied": 0.01, "p_matters": 0.02,
        "word": word,
    }  # fmt: skip


TEST = {
    "indicator": "sat_overall", "domain_type": "sex", "groups": ["m", "f"], "test": "rao_scott_f",
    "statistic": 9.1, "df": 1.0, "ddf": 40.0, "p_value": 0.004, "p_adjusted": 0.0002,
    "differs": True,
}  # fmt: skip
FOUND: dict[str, Any] = {
    "priorities": {
        "items": [
            item("item_sat_f3_1", "keep_up", "above", "above"),
            item("item_sat_f2_1", "mend_first", "below", "above"),
        ],
        "n": 800, "left_out": ["item_sat_f4_1"], "mean_satisfied": 0.84, "mean_importance": 0.25,
    },
    "index_weights": {
        "spread": 0.5, "low": 77.7, "high": 83.3, "n_words": 5, "n_variants": 15,
        "rows": [{"without": "factor_staff", "value": 80.4, "lower": 78.0, "upper": 82.8}],
        "changed": [{
            "kind": "target", "domain_type": "commune", "domain": "16228", "from": "met",
            "to": [{"word": "unclear", "kind": "less", "factor": "factor_staff"}],
        }],
    },
    "group_tests": {
        "satisfaction": [TEST],
        "readiness": [{**TEST, "indicator": "equipped", "differs": False, "p_adjusted": 0.4}],
    },
    "other_things_equal": [{
        "indicator": "equipped", "n": 700, "terms": [{
            "domain_type": "sex", "statistic": 7.0, "df": 1.0, "ddf": 40.0, "p_value": 0.01,
            "p_adjusted": 0.03, "differs": True,
            "groups": [
                {"domain": "m", "margin": 0.612, "lower": 0.55, "upper": 0.67},
                {"domain": "f", "margin": 0.533, "lower": 0.5, "upper": 0.57},
            ],
        }],
    }],
}  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    world.run.report |= FOUND
    world.run.report["round"] = {
        "name_vi": "Đợt", "name_en": "Round", "sponsor": "S", "decision_number": "1",
        "field_agency": "F", "is_synthetic": True, "starts_on": "2026-09-01",
        "ends_on": "2026-10-01", "frame_date": "2026-08-01",
    }  # fmt: skip
    world.run.save()
    return world


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def read(world: World, page: str, language: str = "vi") -> str:
    path = reverse(page, args=[world.round.pk])
    text = signed_in(world.viewer, language).get(path).content.decode()
    return " ".join(text.split())


def test_reform_staff_read_what_to_mend_first_and_what_hangs_on_weights(world: World) -> None:
    page = read(world, "satisfaction")
    part = page.partition('id="priorities"')[2].partition("</section>")[0]
    assert "Nên sửa trước: <strong>Giấy tờ phải nộp ít</strong>" in part
    assert part.index("1. Giấy tờ phải nộp ít") < part.index("2. Cán bộ lịch sự")
    assert "0,31 <small>(0,20–0,42)</small>" in part
    assert "n = 612" in part
    assert "không phải là nguyên nhân" in part
    assert 'class="quadrants"' in part
    weights = page.partition('id="weights"')[2].partition("</section>")[0]
    assert "từ <strong>77,7</strong> đến <strong>83,3</strong>" in weights
    assert "1 trong 5 lời nói" in weights
    assert "“Cán bộ tiếp nhận” nặng một nửa" in weights
    groups = page.partition("<h2>Giới</h2>")[2].partition("</section>")[0]
    assert "khác nhau" in groups.partition("<tfoot>")[2]
    assert "0,004" not in page  # p-values stand on the technical page alone
    assert "Mend first" in read(world, "satisfaction", "en")


def test_statisticians_read_the_tests_and_margins(world: World) -> None:
    page = read(world, "technical")
    tests = page.partition('id="tests"')[2].partition("</section>")[0]
    assert "0,004" in tests
    assert "&lt; 0,001" in tests
    equal = page.partition('id="equal"')[2].partition("</section>")[0]
    assert "61,2 %" in equal
    assert equal.index("Nữ") < equal.index("Nam")
    ready = read(world, "readiness")
    assert "chưa phân biệt được" in ready.partition('class="said"')[2].partition("</tbody>")[0]


def test_a_figure_that_is_not_shown_takes_its_findings_with_it(world: World) -> None:
    hidden = ("item_sat_f2_1", "sat_users", "equipped")
    Estimate.objects.filter(run=world.run, indicator__in=hidden).update(publication="none")
    page = read(world, "satisfaction")
    part = page.partition('id="priorities"')[2].partition("</section>")[0]
    assert "Giấy tờ phải nộp ít" not in part
    assert 'id="weights"' not in page
    assert "61,2 %" not in read(world, "technical")


def test_the_workbook_has_a_sheet_of_each(world: World) -> None:
    made = workbook(Pages.of(reader(world.run)), Speaker(Language.EN, 0.95))
    book = load_workbook(io.BytesIO(made))
    said = {
        name: [cell.value for row in book[name].iter_rows() for cell in row]
        for name in ("What to mend first", "Index and weights", "Do groups differ")
    }
    assert "mend first" in said["What to mend first"]
    assert 80.4 in said["Index and weights"]
    assert 0.612 in said["Do groups differ"]


def test_a_run_is_published_beside_the_persons_of_the_run_before(world: World) -> None:
    newer = Run.objects.get(pk=world.run.pk)
    published = newer.published_at
    assert published is not None
    newer.pk, newer.job, newer.published_at = None, None, None
    newer.finished_at = published + timedelta(days=1)
    newer.save()
    assert not beside_published(newer).is_by_members  # nobody knows who is behind either
    told = {
        "indicator": "sat_users", "category": "", "whole": "commune|16228+16234",
        "is_whole_now": False, "parts": ["commune|16228"], "persons": 2,
    }  # fmt: skip
    kept = RunMembers.objects.create(
        run=newer, sha256="a" * 64, compared_with=world.run, told=[told]
    )
    client = signed_in(world.cast.alice)
    path = reverse("publish_run", args=[newer.pk])
    page = " ".join(client.get(path).content.decode().split())
    assert "xã Như Thanh + xã Xuân Du (lần trước) trừ xã Như Thanh (lần này): 2 người" in page
    assert client.post(path).status_code == 302
    assert not Run.objects.filter(pk=newer.pk, published_at__isnull=False).exists()
    assert client.post(path, {"known": "on"}).status_code == 302
    assert AuditEvent.objects.filter(action="run.publish").latest("pk").details["told"] == 1
    # runs that still wait are compared with this one; what no file knows stays by counts
    job = Job.objects.get(kind=JOB_KIND)
    Run.objects.filter(pk=world.run.pk).update(published_at=None)
    between_job.execute(job, lambda *_: None)
    kept.refresh_from_db()
    assert kept.told == [told]
