"""A round brings indicators of its own: checked, stored, estimated by its next run."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analysis.indices.problems import DefinitionError
from analysis.publication import Rule
from surveys.collection import jobs
from surveys.collection.models import Actor, AuditEvent, Job
from surveys.collection.rights import Forbidden
from surveys.fieldwork.models import Round
from surveys.results import execution, runs
from surveys.results.cells import compute
from surveys.results.demo import frames, sample
from surveys.results.demo.population import build
from surveys.results.demo.sample import MIDDLE
from surveys.results.extract import frames as frames_of
from surveys.results.models import Artefact, Estimate
from surveys.results.own_definitions import choose, definitions_of
from surveys.results.recipe import Recipe
from surveys.results.recipes import weigh
from tests.unit.results.fabric import Fabric, field_work, make_round

OWN = """form = "B"

[base.women]
vi = "phụ nữ đi làm giấy tờ"
en = "women who did paperwork"
met = { question = "r_sex", is = ["f"], only = "users" }

[items]
steps = ["1", "2", "3", "4", "5"]
top = ["4", "5"]
bottom = ["1", "2"]
make.net = "net_{item}"

[item.desk]
question = "f3_0"
vi = "Người tiếp nhận"
en = "Desk"
base = "users"

[indicator.women_waited]
vi = "Phụ nữ đợi từ 30 phút"
en = "Women who waited 30 minutes"
base = "women"
rule = "svc_wait in w30, w60"
met = { question = "svc_wait", is = ["w30", "w60"] }

[indicator.women_paid]
vi = "Phụ nữ có đưa thêm"
en = "Women who gave more"
base = "women"
rule = "pay_x in asked, own"
met = { question = "pay_x", is = ["asked", "own"] }

[indicator.sat_pooled]
vi = "Chỉ số, gộp câu trả lời"
en = "Index, answers pooled"
base = "users"
rule = "as sat_users, pooled"
parts_of = "sat_users"
aggregate = "pooled"
bounds = true
"""


def test_its_indicators_are_estimated_and_judged_beside_those_of_the_product() -> None:
    world = build(2026)
    drawn = sample.draw(world, MIDDLE, 11)
    found = frames.a_round(world, drawn, frames.benchmarks_of(world, MIDDLE), 12)
    found = replace(found, digital=None, own_definitions=OWN)
    definitions = definitions_of(found.own_definitions)
    wanted = {"women_waited", "women_paid", "sat_pooled", "net_desk", "sat_users", "item_sat_f3_0"}
    computed = compute(weigh(found, Recipe()), Rule(), definitions=definitions, indicators=wanted)
    whole = {
        each.definition.id: next(c.figure for c in each.cells if c.domain_type == "round")
        for each in computed
    }
    assert set(whole) == wanted
    pooled, plain = whole["sat_pooled"], whole["sat_users"]
    assert pooled.estimate == pytest.approx(plain.estimate, abs=5)
    assert pooled.low is not None
    assert pooled.high is not None
    assert pooled.low <= (pooled.estimate or 0) <= pooled.high
    assert -100 <= (whole["net_desk"].estimate or 0) <= 100 * (whole["item_sat_f3_0"].estimate or 0)
    assert 0 < (whole["women_waited"].estimate or 0) < 1


def test_what_reads_a_sensitive_answer_is_sensitive_under_any_name() -> None:
    definitions = definitions_of(OWN)
    assert definitions["women_paid"].is_sensitive
    assert not definitions["women_waited"].is_sensitive
    assert not definitions["sat_pooled"].is_sensitive


@pytest.fixture
def fabric(db: None) -> Fabric:
    return make_round()


def test_a_sound_file_is_stored_with_its_audit_event(fabric: Fabric) -> None:
    choose(fabric.actor, fabric.round, OWN)
    choose(fabric.actor, fabric.round, OWN)
    assert Round.objects.get().own_definitions == OWN
    event = AuditEvent.objects.get(action="round.definitions")
    assert "women_paid" in event.details["indicators"]


def test_a_wrong_file_changes_nothing(fabric: Fabric) -> None:
    with pytest.raises(DefinitionError, match="no base “women”"):
        choose(fabric.actor, fabric.round, OWN.replace("[base.women]", "[base.men]"))
    assert Round.objects.get().own_definitions == ""
    assert not AuditEvent.objects.filter(action="round.definitions").exists()


def test_who_may_not_manage_the_round_cannot_change_them(fabric: Fabric) -> None:
    stranger = Actor.objects.create(kind=Actor.Kind.USER, display_name="Bob")
    with pytest.raises(Forbidden):
        choose(stranger, fabric.round, OWN)


def test_the_command_uses_drops_and_refuses(fabric: Fabric, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    number = str(fabric.round.pk)
    call_command("indicators", "use", number, str(file))
    assert Round.objects.get().own_definitions == OWN
    call_command("indicators", "drop", number)
    assert Round.objects.get().own_definitions == ""
    with pytest.raises(CommandError, match="no round 999"):
        call_command("indicators", "use", "999", str(file))
    file.write_text(OWN + "\nx = 1", encoding="utf-8")
    with pytest.raises(CommandError, match=r"own\.toml:4\d indicator\.sat_pooled x"):
        call_command("indicators", "check", str(file))
    file.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("indicators", "check", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("indicators", "check", str(tmp_path / "none.toml"))


def test_a_run_stores_them_with_their_definitions_and_writes_its_files(fabric: Fabric) -> None:
    field_work(fabric)
    choose(fabric.actor, fabric.round, OWN)
    run = runs.start(fabric.actor, fabric.round)
    assert run.job is not None
    assert execution.execute is not None  # its module registers the handler
    jobs.run(run.job)
    run.refresh_from_db()
    assert Job.objects.get(pk=run.job.pk).errors in (None, [])
    assert run.report["own_definitions"] == OWN
    assert run.report["definitions"]["net_desk"]["unit"] == "net"
    found = set(Estimate.objects.filter(run=run).values_list("indicator", flat=True))
    assert {"women_waited", "women_paid", "sat_pooled", "net_desk", "equipped"} <= found
    assert Artefact.objects.filter(run=run).exists()
    before = run.inputs_sha256
    choose(fabric.actor, fabric.round, "")
    fabric.round.refresh_from_db()
    assert frames_of(fabric.round).inputs_sha256 != before


def test_the_files_of_the_product_fit_its_forms(capsys: pytest.CaptureFixture[str]) -> None:
    root = Path(__file__).resolve().parents[3]
    folder = root / "analysis" / "indicators" / "definitions"
    for name, form in (("digital", "hh_digital"), ("satisfaction", "citizen_sat")):
        workbook = root / "forms" / "xlsform" / f"{form}.xlsx"
        call_command(
            "indicators", "check", str(folder / f"{name}.toml"), "--workbook", str(workbook)
        )
        assert f"{name}.toml: đúng" in capsys.readouterr().out
