"""Plans of teams: from the form through the job to the page, and who may see and delete them.

P1. The page lists every commune, also those without a figure, and never as 0.
P2. A plan is solved by the worker and stored; its page, calendar and workbook say the same.
P3. A scenario that cannot be is refused in words that say what to relax.
P4. A planner of some communes plans, sees and compares for those alone; the rated office never.
P5. Names people gave run nowhere: not in pages, not in the workbook.
"""

import io
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from analysis.outreach import planned
from maps.specification import Quality
from maps.webmap import render_html
from surveys.collection import jobs
from surveys.collection.models import AuditEvent, Job, Role, User
from surveys.results import outreach_job, outreach_maps
from surveys.results.models import Artefact, Estimate, OutreachPlan
from surveys.results.report.maps import Shapes
from surveys.territory.models import AdminUnit, Village
from tests.cast import make_user
from tests.page_figures import COMMUNES
from tests.page_world import HOSTILE, World

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "name": "Hai đội", "teams": 2, "days": 6, "travel": "0.5", "travel_rule": "visit",
    "most_days": 4, "least_days": 0, "comes": 5, "phone": 8, "internet": 15, "vneid": 20,
    "account": 15, "experience": 25,
}  # fmt: skip


@pytest.fixture(autouse=True)
def few_redraws(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = partial(planned, draws=60, redraws=10)
    monkeypatch.setattr(outreach_job, "planned", quick)
    monkeypatch.setattr(outreach_job, "files_of", lambda _plan: [])  # seconds of matplotlib


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def ask(world: World, user: User, **changed: Any) -> OutreachPlan:
    """Fill in the form and let the worker do the job."""
    client = client_of(user)
    answer = client.post(reverse("outreach", args=[world.round.pk]), {**FORM, **changed})
    plan = OutreachPlan.objects.order_by("-pk").first()
    assert plan is not None
    assert answer.headers["Location"] == reverse("outreach_plan", args=[plan.pk])
    assert plan.job is not None
    jobs.run(plan.job)
    plan.refresh_from_db()
    return plan


def let_go(answer: Any) -> None:
    """Close the file of an answer and not, as `close` does, the database as well."""
    for closer in answer._resource_closers:
        closer()


def read(user: User, path: str) -> str:
    return client_of(user).get(path).content.decode()


def test_every_commune_is_listed_and_one_without_a_figure_says_so(world: World) -> None:
    page = read(world.analyst, reverse("outreach", args=[world.round.pk]))
    row = page.split("Xuân Thái</th>", 1)[1].split("</tr>", 1)[0]
    assert "Chưa có con số" in row
    assert '<td class="num">0' not in row
    assert "1 xã chưa có con số" in page


def test_a_plan_goes_from_the_form_to_its_page_and_its_workbook(world: World) -> None:
    plan = ask(world, world.analyst)
    days = {row["area"]: sum(row["days"]) for row in plan.result["areas"]}
    visits = sum(1 for n in days.values() if n)
    assert sum(days.values()) + 0.5 * visits <= 12
    assert days["16258"] == 0
    page = read(world.analyst, reverse("outreach_plan", args=[plan.pk]))
    assert "Lịch của từng đội" in page
    assert "ngày 1, sáng" in page
    assert "Chưa có con số nên không biết bao nhiêu người cần giúp: xã Xuân Thái" in page
    answer = client_of(world.analyst).get(reverse("outreach_file", args=[plan.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Theo xã", "Theo thôn", "Lịch", "So sánh", "Kịch bản"]
    told = {row[1]: row[2] for row in book["Theo xã"].iter_rows(min_row=2, values_only=True)}
    assert told == days
    heads = [cell.value for cell in book["Theo xã"][1]]
    assert "Ngày: VNeID mức 2" in heads  # days, not people
    assert book["Lịch"]["B2"].value == "ngày 1, sáng"  # as the page counts, not from 0
    said: dict[Any, Any] = {row[0].value: row[1].value for row in book["Kịch bản"].iter_rows()}
    assert said["Tính đi lại"] == "mỗi lần đến xã"
    assert said["Người mỗi ngày: VNeID mức 2"] > 0
    assert AuditEvent.objects.filter(action="outreach.plan").count() == 1


def test_a_plan_says_which_villages_and_what_its_guesses_are_worth(world: World) -> None:
    world.run.report["between_villages"] = {"equipped": {"spread": 0.1, "villages": 48}}
    world.run.report["models"] = {"equipped": {"shared": {"16228": [0.5]}}}
    world.run.save()
    path = reverse("outreach", args=[world.round.pk])
    page = read(world.analyst, f"{path}?villages=1").split('id="villages"', 1)[1]
    assert "10,0 điểm" in page
    assert "Thôn 1</th>" in page
    assert "19 thôn chưa có" in page  # 20 in the stratum, one in the sample
    plan = ask(world, world.analyst)
    assert {row["name"] for row in plan.result["visits"]} == {"Thôn 1", "Thôn 2", "Thôn 3"}
    page = read(world.analyst, reverse("outreach_plan", args=[plan.pk]))
    assert "1. Thôn 1" in page
    assert "Nếu các con số bạn đoán sai một phần tư" in page
    assert page.count("−25") == 2
    # A village that was not drawn joins when the list of villages gives its households.
    unit = AdminUnit.objects.get(code="16228")
    Village.objects.create(id="new", name="Thôn mới", unit=unit, households=400)
    assert "Thôn mới" in read(world.analyst, f"{path}?villages=1")


def test_the_map_of_a_plan_tells_teams_apart_and_marks_what_is_not_sure(world: World) -> None:
    plan = ask(world, world.analyst, name=HOSTILE)
    plan.result["areas"][0]["chosen"] = 0.5
    plan.run.report["round"] = {"starts_on": "2026-09-01", "ends_on": "2026-10-15",
                                "is_synthetic": True}  # fmt: skip
    units = outreach_maps._units(plan)
    shapes = Shapes({"type": "FeatureCollection", "features": []}, Quality.SCHEMATIC, "k", "", "d")
    spec = outreach_maps.specification(plan, units, shapes)
    areas = {area.code: area for area in spec.areas}
    assert areas["16228"].status == "caution"
    assert areas["16258"].status == "missing"  # nothing is known and nobody goes there
    assert areas["16258"].estimate is None
    assert {area.label[-3:] for area in spec.areas if area.estimate} <= {"[1]", "[2]", "+2]"}
    assert "<script>" not in render_html(spec, shapes.collection, "vi").split("<body", 1)[0]


@pytest.mark.slow
def test_the_files_of_a_plan_are_kept_with_it_and_go_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outreach_job, "files_of", outreach_maps.files_of)
    world.run.report["round"] = {"starts_on": "2026-09-01", "ends_on": "2026-10-15",
                                 "is_synthetic": True}  # fmt: skip
    world.run.save()
    AdminUnit.objects.filter(code__in=COMMUNES).update(seat_lat=19.6, seat_lon=105.6)
    plan = ask(world, world.analyst)
    client = client_of(world.analyst)
    kinds = {"outreach_map": "text/html", "outreach_pdf": "application/pdf"}
    for route, kind in kinds.items():
        answer = client.get(reverse(route, args=[plan.pk]))
        assert answer.headers["Content-Type"].startswith(kind)
        let_go(answer)
    book = client.get(reverse("outreach_file", args=[plan.pk]))
    content = b"".join(book)
    let_go(book)
    assert load_workbook(io.BytesIO(content)).sheetnames[1] == "Bản đồ"
    kept = Artefact.objects.filter(run=world.run, kind="plan")
    assert kept.count() == 6
    for each in kept:  # with their plan alone
        path = reverse("artefact", args=[world.run.pk, each.pk])
        assert client.get(path).status_code == 404
    client.post(reverse("outreach_delete", args=[plan.pk]))
    assert not kept.all().exists()


def test_a_commune_without_an_own_figure_takes_that_of_its_group_and_says_so(world: World) -> None:
    of_round = {"run": world.run, "indicator": "equipped", "domain_type": "commune"}
    Estimate.objects.create(
        **of_round, domain="16258", method="grouped", members=["16249", "16258"], estimate=0.5,
        se=0.03, lower=0.44, upper=0.56, n=300, n_psu=14, publication="publish",
    )  # fmt: skip
    page = read(world.analyst, reverse("outreach", args=[world.round.pk]))
    row = page.split("Xuân Thái</th>", 1)[1].split("</tr>", 1)[0]
    assert "của nhóm xã" in row
    assert "4.550" in row  # half of 9.100
    assert "chia theo điều còn thiếu: như cả đợt" in row
    plan = ask(world, world.analyst, days=12)
    found = next(each for each in plan.result["areas"] if each["area"] == "16258")
    assert found["method"] == "grouped"
    assert found["need"]["lower"] < found["need"]["value"] < found["need"]["upper"]


def test_a_minimum_reaches_the_commune_of_which_nothing_is_known(world: World) -> None:
    plan = ask(world, world.analyst, least_days=1)
    rows = {row["area"]: row for row in plan.result["areas"]}
    assert min(sum(row["days"]) for row in rows.values()) >= 1
    assert rows["16258"]["reach"] is None


def test_a_scenario_that_cannot_be_says_what_to_relax(world: World) -> None:
    plan = ask(world, world.analyst, teams=1, days=3, least_days=2)
    assert plan.job is not None
    assert plan.job.state == Job.State.FAILED
    page = read(world.analyst, reverse("outreach_plan", args=[plan.pk]))
    assert "cần 10 ngày đội kể cả đi lại, chỉ có 3" in page
    assert "Cần ít nhất 4 đội" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"teams": 0},
        {"teams": "x"},
        {"travel": "0.3"},
        {"phone": -1},
        {"comes": 0},
        {"name": "x" * 99},
    ],
)
def test_a_wrong_number_is_asked_about_and_nothing_is_queued(
    world: World, wrong: dict[str, Any]
) -> None:
    path = reverse("outreach", args=[world.round.pk])
    answer = client_of(world.analyst).post(path, {**FORM, **wrong})
    assert answer.status_code == 400
    assert "Chưa lập được" in answer.content.decode()
    assert not OutreachPlan.objects.exists()


def test_a_scenario_that_helps_nobody_is_refused_on_the_form(world: World) -> None:
    nobody = dict.fromkeys(("phone", "internet", "vneid", "account", "experience"), 0)
    path = reverse("outreach", args=[world.round.pk])
    answer = client_of(world.analyst).post(path, {**FORM, **nobody})
    assert "ít nhất một loại việc" in answer.content.decode()


def test_a_planner_of_one_commune_plans_for_it_alone(world: World) -> None:
    here = make_user("here", Role.SUPERVISOR, world.cast.project, communes=("16228",))
    whole = ask(world, world.analyst)
    own = ask(world, here, **{"visit-16234": "must"})
    assert [row["area"] for row in own.result["areas"]] == ["16228"]
    page = read(here, reverse("outreach", args=[world.round.pk]))
    assert "Xuân Du" not in page
    assert reverse("outreach_plan", args=[own.pk]) in page
    assert reverse("outreach_plan", args=[whole.pk]) not in page
    for route in ("outreach_plan", "outreach_file", "outreach_pdf", "outreach_map",
                  "outreach_delete"):  # fmt: skip
        assert client_of(here).get(reverse(route, args=[whole.pk])).status_code == 403
        assert client_of(world.elsewhere).get(reverse(route, args=[own.pk])).status_code == 403


def test_the_rated_office_a_stranger_and_nobody_plan_nothing(world: World) -> None:
    plan = ask(world, world.analyst)
    for route, number in (("outreach", world.round.pk), ("outreach_plan", plan.pk)):
        path = reverse(route, args=[number])
        for user in (world.rated, world.cast.bob):
            assert client_of(user).get(path).status_code == 403
            assert client_of(user).post(path, FORM).status_code in (403, 405)
        assert client_of(None).get(path).status_code == 302
    assert OutreachPlan.objects.count() == 1


def test_planners_read_published_figures_only_and_plan_with_them(world: World) -> None:
    plan = ask(world, world.viewer)
    assert plan.name in read(world.viewer, reverse("outreach_plan", args=[plan.pk]))


def test_a_plan_of_an_unpublished_run_is_for_those_who_read_it(world: World) -> None:
    plan = ask(world, world.analyst)
    world.run.published_at = None
    world.run.save()
    path = reverse("outreach_plan", args=[plan.pk])
    assert client_of(world.analyst).get(path).status_code == 200
    assert client_of(world.supervisor).get(path).status_code == 403


def test_a_plan_is_deleted_by_its_maker_or_a_manager_after_being_asked(world: World) -> None:
    plan = ask(world, world.analyst)
    path = reverse("outreach_delete", args=[plan.pk])
    assert client_of(world.supervisor).post(path).status_code == 403
    assert "Xoá kế hoạch này?" in read(world.cast.alice, path)
    assert OutreachPlan.objects.exists()
    client_of(world.cast.alice).post(path)
    assert not OutreachPlan.objects.exists()
    assert AuditEvent.objects.filter(action="outreach.delete").count() == 1


def test_two_plans_stand_side_by_side(world: World) -> None:
    one, two = ask(world, world.analyst), ask(world, world.analyst, name="Ba đội", teams=3)
    assert two.result["reach"]["value"] > one.result["reach"]["value"]
    path = reverse("outreach", args=[world.round.pk])
    page = read(world.analyst, f"{path}?plan={one.pk}&plan={two.pk}")
    assert "Ngày đội ở mỗi xã, cạnh nhau" in page
    assert "Ngày đội ở mỗi xã, cạnh nhau" not in read(world.analyst, f"{path}?plan={one.pk}")


def test_a_hostile_name_runs_nowhere(world: World) -> None:
    plan = ask(world, world.analyst, name="=1+1" + HOSTILE)
    for path in (
        reverse("outreach_plan", args=[plan.pk]),
        reverse("outreach", args=[world.round.pk]),
    ):
        page = read(world.analyst, path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    answer = client_of(world.analyst).get(reverse("outreach_file", args=[plan.pk]))
    cell = load_workbook(io.BytesIO(answer.content))["Kịch bản"]["B1"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("=1+1")


def test_only_so_many_plans_wait_at_a_time(world: World) -> None:
    client, path = client_of(world.analyst), reverse("outreach", args=[world.round.pk])
    for _ in range(4):
        answer = client.post(path, FORM)
    assert answer.status_code == 400
    assert "chưa tính xong" in answer.content.decode()
    assert OutreachPlan.objects.count() == 3
