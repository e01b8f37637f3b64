"""Direct, grouped and model-based figures on pages and in /api: side by side, never mixed."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from maps.specification import Language
from surveys.collection.models import User
from surveys.results.models import Comparison, Estimate
from surveys.results.outreach_needs import needs_of_run
from surveys.results.reading import reader
from surveys.results.report.figures_csv import figures_csv
from surveys.results.report.sheets import Pages, workbook
from surveys.results.report.words import Speaker
from tests.page_world import World

pytestmark = pytest.mark.django_db
HIDDEN = "16258"  # Xuân Thái has no direct figure in this world
SHOWN = "16228"


@pytest.fixture
def world(world: World) -> World:
    common: dict[str, Any] = {
        "run": world.run,
        "indicator": "equipped",
        "domain_type": "commune",
        "n": 430,
        "n_psu": 24,
        "n_eff": 210.0,
    }
    Estimate.objects.create(
        **common,
        method="grouped",
        domain=HIDDEN,
        members=["16249", HIDDEN],
        estimate=0.512,
        se=0.03,
        lower=0.45,
        upper=0.57,
        publication="publish",
    )
    for domain, publication, reason in ((SHOWN, "publish", ""), (HIDDEN, "none", "Ngoài tầm.")):
        Estimate.objects.create(
            **common,
            method="model",
            domain=domain,
            gamma=0.38,
            estimate=0.607,
            se=0.021,
            lower=0.561,
            upper=0.652,
            publication=publication,
            reason_vi=reason,
            reason_en=reason and "Out of reach.",
        )
    _compare(world)
    return world


def _compare(world: World) -> None:
    said: dict[str, Any] = {
        "run": world.run,
        "indicator": "equipped",
        "domain_type": "commune",
        "domain": SHOWN,
    }
    Comparison.objects.create(
        **said, kind="province", method="direct", difference=0.062, lower=0.02, upper=0.104,
        p_value=0.012, verdict="higher",
    )  # fmt: skip
    Comparison.objects.create(
        **said, kind="target", method="direct", probability=0.4, verdict="unclear"
    )
    Comparison.objects.create(**said, kind="lowest", method="model", probability=0.17, reference=3)
    whole = {**said, "domain_type": "round", "domain": ""}
    Comparison.objects.create(
        **whole, kind="change", method="direct", estimate=0.58, reference=0.55, difference=0.03,
        lower=-0.01, upper=0.07, p_value=0.2, verdict="unclear",
    )  # fmt: skip
    world.run.recipe = {"targets": {"equipped": 60}, "lowest": 3, "confidence": 0.9}
    world.run.report["change"] = {
        "round": 1, "name_vi": "Đợt 2025", "name_en": "Round of 2025", "shared_villages": 12,
        "refusals": [{"vi": "phiếu B hỏi khác.", "en": "form B asks other things."}],
    }  # fmt: skip
    world.run.report["round"] = {
        "name_vi": "Đợt", "name_en": "Round", "sponsor": "S", "decision_number": "1",
        "field_agency": "F", "is_synthetic": True, "starts_on": "2026-09-01",
        "ends_on": "2026-10-01", "frame_date": "2026-08-01",
    }  # fmt: skip
    world.run.save()


def read(world: World, user: User, language: str = "vi", **query: str) -> str:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    page = client.get(reverse("readiness", args=[world.round.pk]), query).content.decode()
    return re.sub(r"\s+", " ", page)


def line(page: str, name: str) -> str:
    part = page.partition('id="methods"')[2]
    return part.partition(f">{name}</a></th>")[2].partition("</tr>")[0]


def test_a_commune_too_small_stands_with_its_group(world: World) -> None:
    row = line(read(world, world.viewer, by="equipped"), "xã Xuân Thái")
    assert "Chỉ có 3 thôn." in row
    assert "<strong>51,2 %</strong> <small>(45,0–57,0)</small>" in row
    assert "gộp: xã Mậu Lâm + xã Xuân Thái" in row


def test_a_model_figure_is_called_one_and_says_its_shrinkage(world: World) -> None:
    row = line(read(world, world.viewer, by="equipped"), "xã Như Thanh")
    assert "mô hình</small>" in row
    assert "38 % từ câu trả lời của xã, 62 % từ các xã giống nhau; √mse 2,1" in row
    english = line(read(world, world.viewer, "en", by="equipped"), "Như Thanh commune")
    assert "38% from the commune&#x27;s own answers, 62% from communes that are alike" in english


def test_a_model_figure_that_is_forbidden_leaves_its_reason_alone(world: World) -> None:
    row = line(read(world, world.viewer, by="equipped"), "xã Xuân Thái")
    assert "Ngoài tầm." in row
    assert "60,7" not in row


def test_the_main_table_holds_direct_figures_alone(world: World) -> None:
    main = read(world, world.viewer).partition('id="methods"')[0]
    assert "60,7" not in main
    assert "51,2 %" not in main.partition("Bảng theo xã")[2].partition("</section>")[0]


def test_words_stand_in_place_of_ranks(world: World) -> None:
    page = read(world, world.viewer, by="equipped")
    row = line(page, "xã Như Thanh")
    assert "▲ cao hơn cả đợt" in row
    assert "+6,2 (2,0–10,4)" in row
    assert "? chưa đủ để nói" in row
    assert "17 %" in row
    assert "trung bình nhiều nhất 5 % là sai" in page
    assert "Không xếp hạng" in page


def test_intervals_say_the_level_that_the_run_used(world: World) -> None:
    assert "(khoảng tin cậy 90 %:" in read(world, world.viewer)
    assert "(90% confidence interval:" in read(world, world.viewer, "en")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"find": "xuân"}, ["xã Xuân Du", "xã Xuân Thái"]),
        ({"only": "grouped"}, ["xã Xuân Thái"]),
        ({"only": "differs"}, ["xã Như Thanh"]),
        ({"find": "không có"}, []),
    ],
)
def test_the_table_is_filtered(world: World, query: dict[str, str], names: list[str]) -> None:
    part = read(world, world.viewer, by="equipped", **query).partition('id="methods"')[2]
    table = part.partition("<tbody>")[2].partition("</tbody>")[0]
    assert re.findall(r'<th scope="row"><a [^>]*>(.*?)</a></th>', table) == names
    assert bool(names) or "Xem mọi xã" in table


def test_communes_without_a_value_stand_last_in_either_order(world: World) -> None:
    for direction in ("asc", "desc"):
        page = read(world, world.viewer, by="equipped", msort="direct", mdir=direction)
        table = page.partition('id="methods"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
        assert re.findall(r'<th scope="row"><a [^>]*>(.*?)</a></th>', table)[-1] == "xã Xuân Thái"


@pytest.mark.parametrize(
    "query", [{"by": "'; drop"}, {"msort": "x"}, {"only": "<b>"}, {"find": "<script>" * 50}]
)
def test_odd_questions_are_shown_the_whole_table(world: World, query: dict[str, str]) -> None:
    page = read(world, world.viewer, **query)
    assert "<script>" not in page.partition('id="methods"')[2].partition("</section>")[0]


def test_change_is_shown_with_its_interval_or_why_not(world: World) -> None:
    page = read(world, world.viewer).partition('id="change"')[2]
    assert "So với “Đợt 2025”; 12 thôn có ở cả hai đợt" in page
    assert "+3,0 (−1,0 đến 7,0)" in page
    assert "chưa phân biệt được" in page
    assert "Không so được: phiếu B hỏi khác." in page


def api(world: World, path: str, **query: str) -> list[dict[str, Any]]:
    client = Client()
    client.force_login(world.viewer)
    answer = client.get(f"/api/runs/{world.run.pk}/{path}/", {"indicator": "equipped", **query})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_the_api_mixes_kinds_for_those_alone_who_ask(world: World) -> None:
    assert {row["method"] for row in api(world, "estimates")} == {"direct"}
    (grouped,) = api(world, "estimates", method="grouped")
    assert grouped["members"] == ["16249", HIDDEN]
    shown, hidden = api(world, "estimates", method="model")
    assert (shown["gamma"], shown["estimate"]) == (0.38, 0.607)
    assert (hidden["gamma"], hidden["estimate"], hidden["reason_vi"]) == (None, None, "Ngoài tầm.")
    assert {row["method"] for row in api(world, "estimates", method="all")} == {
        "direct",
        "grouped",
        "model",
    }


def test_the_api_gives_words_with_their_error(world: World) -> None:
    (row,) = api(world, "comparisons", kind="province")
    assert (row["verdict"], row["p_value"]) == ("higher", 0.012)
    assert not api(world, "comparisons", kind="nonsense")


def test_an_unknown_kind_of_figure_is_refused(world: World) -> None:
    client = Client()
    client.force_login(world.viewer)
    answer = client.get(f"/api/runs/{world.run.pk}/estimates/", {"method": "best"})
    assert answer.status_code == 400


def test_the_workbook_gives_each_kind_a_line_of_its_own(world: World) -> None:
    made = workbook(Pages.of(reader(world.run)), Speaker(Language.EN, 0.9))
    book = load_workbook(io.BytesIO(made))
    lines = [
        [cell.value for cell in row]
        for row in book["Communes - kinds of figures"].iter_rows()
        if row[0].value == "Equipped"
    ]
    kinds = [(row[1], row[2]) for row in lines]
    assert ("Xuân Thái commune", "Direct") in kinds
    assert ("Xuân Thái commune", "Grouped") in kinds
    model = next(row for row in lines if row[1] == "Như Thanh commune" and row[2] == "Model")
    assert model[3] == pytest.approx(0.607)
    assert model[8] == pytest.approx(0.38)
    forbidden = next(row for row in lines if row[1] == "Xuân Thái commune" and row[2] == "Model")
    assert forbidden[3] == ".."
    assert "Change since the earlier" in book.sheetnames


def test_the_csv_names_the_kind_of_every_figure(world: World) -> None:
    made = figures_csv(reader(world.run), Speaker(Language.EN)).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(made)))
    held = [row for row in lines if row["indicator"] == "equipped" and row["domain"] == HIDDEN]
    assert {(row["method"], bool(row["estimate"])) for row in held} == {
        ("direct", False),
        ("grouped", True),
        ("model", False),
    }
    (grouped,) = [row for row in held if row["method"] == "grouped"]
    assert grouped["members"] == "Mậu Lâm commune + Xuân Thái commune"


BEYOND = "16300"  # no village of it was drawn


@pytest.fixture
def beyond(world: World) -> World:
    world.run.report["beyond"] = [
        {
            "code": BEYOND, "valid_from": "2025-07-01", "vi": "xã Thượng Ninh",
            "en": "Thượng Ninh commune", "is_sampled": False, "urban": 0.0, "villages": 20.0,
            "people_15": 5120.0, "people_18": 4804.0,
        }
    ]  # fmt: skip
    world.run.save()
    Estimate.objects.create(
        run=world.run, method="synthetic", indicator="equipped", domain_type="commune",
        domain=BEYOND, n=0, n_psu=0, n_eff=0.0, gamma=0.0, estimate=0.433, se=0.09, lower=0.262,
        upper=0.611, publication="caution", reason_vi="Không có phiếu nào ở xã này.",
        reason_en="No answers in this commune.",
    )  # fmt: skip
    return world


def test_a_commune_without_answers_stands_apart_and_says_so(beyond: World) -> None:
    page = read(beyond, beyond.viewer, by="equipped")
    main, _, apart = page.partition('id="beyond"')
    assert "43,3" not in main
    assert "Thượng Ninh" not in main
    assert "Không có phiếu nào ở các xã này." in apart
    row = apart.partition("xã Thượng Ninh</a></th>")[2].partition("</tr>")[0]
    assert "43,3 % <small>(26,2–61,1)</small>" in row
    assert "tổng hợp</small>" in row
    assert "9,0" in row
    assert "Xã không có mẫu không có phần trong đó" in main
    assert "Thượng Ninh" not in read(beyond, beyond.viewer, by="equipped", only="alone")
    assert "Thượng Ninh" in read(beyond, beyond.viewer, by="equipped", find="thượng")
    english = read(beyond, beyond.viewer, "en", by="equipped").partition('id="beyond"')[2]
    assert "Communes without a sample: synthetic estimates" in english


def test_synthetic_figures_are_told_apart_in_files_and_in_the_api(beyond: World) -> None:
    (row,) = api(beyond, "estimates", method="synthetic")
    assert (row["domain"], row["n"], row["publication"]) == (BEYOND, 0, "caution")
    found = reader(beyond.run)
    book = load_workbook(io.BytesIO(workbook(Pages.of(found), Speaker(Language.EN, 0.9))))
    lines = [
        [cell.value for cell in row] for row in book["Communes - kinds of figures"].iter_rows()
    ]
    (line_,) = [each for each in lines if each[1] == "Thượng Ninh commune"]
    assert line_[2] == "Synthetic"
    assert line_[3] == pytest.approx(0.433)
    made = figures_csv(found, Speaker(Language.EN)).decode("utf-8-sig")
    held = [each for each in csv.DictReader(io.StringIO(made)) if each["domain"] == BEYOND]
    assert [each["method"] for each in held] == ["synthetic"]


def test_plans_of_teams_take_a_synthetic_figure_last_and_say_so(beyond: World) -> None:
    needs = {each.code: each for each in needs_of_run(beyond.run)}
    assert needs[SHOWN].method == "direct"
    assert needs[HIDDEN].method == "grouped"
    if needs[BEYOND].is_known:  # the split by first gap is that of the round
        assert needs[BEYOND].method == "synthetic"
        assert needs[BEYOND].population.count == 4800
    assert needs[BEYOND].name.vi == "xã Thượng Ninh"


def test_communes_that_the_model_cannot_tell_apart_share_a_line(beyond: World) -> None:
    report = beyond.run.report
    report["beyond"] = [*report["beyond"], {**report["beyond"][0], "code": "16301", "vi": "xã Ba"}]
    beyond.run.save()
    twin = Estimate.objects.get(domain=BEYOND)
    twin.pk, twin.domain = None, "16301"
    twin.save()
    page = read(beyond, beyond.viewer, by="equipped").partition('id="beyond"')[2]
    apart = page.partition("</table>")[0]
    assert "2 xã giống nhau" in apart
    assert re.findall(r">(xã [^<]*)</a>", apart) == ["xã Ba", "xã Thượng Ninh"]
    assert apart.count("43,3 %") == 1
