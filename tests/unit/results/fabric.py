"""A small fabricated round: real forms, real intake, made-up answers."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from forms.compile import CompiledForm, compile_form
from forms.placeholders import fill, placeholders
from forms.schema import FormSchema, read_schema
from surveys.collection import intake, people, projects, publishing
from surveys.collection.arrival import Arrival
from surveys.collection.models import Actor, Form, User
from surveys.fieldwork import pipeline
from surveys.fieldwork.models import Benchmark, Round, RoundForm, SampledHousehold, SampledVillage
from surveys.territory.models import AdminUnit, Level, Village

FORMS = Path(__file__).resolve().parents[3] / "forms" / "xlsform"
REFORM = date(2025, 7, 1)
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Fabric:
    """A round with its forms, and somebody who may do everything."""

    actor: Actor
    round: Round
    forms: Mapping[str, Form]
    schemas: Mapping[str, FormSchema]

    def send(
        self,
        kind: str,
        household: SampledHousehold,
        answers: Answers,
        repeats: Mapping[str, Sequence[Answers]] | None = None,
    ) -> int:
        """One filled form through the real intake; the submission's id."""
        root = {"hh": household.name, "psu": household.village.psu, "contact": "start", **answers}
        name = f"uuid:{kind}-{household.name}-{random.Random(str(answers)).random()}"
        xml = instance(self.schemas[kind], name, root, repeats or {})
        receipt = intake.receive(Arrival(self.round.project_id, self.actor.pk, xml))
        assert receipt.is_stored, receipt
        assert receipt.submission_id is not None
        pipeline.derive(receipt.submission_id)
        return receipt.submission_id


@cache
def compiled(name: str) -> CompiledForm:
    """A workbook of the project, with every placeholder filled."""
    form = compile_form((FORMS / f"{name}.xlsx").read_bytes(), f"{name}.xlsx")
    texts = dict.fromkeys(placeholders(form.xform), "thử nghiệm")
    texts.pop("consent_hash", None)
    filled = fill(form.xform, texts)
    return CompiledForm(
        filled, form.form_id, form.version, form.title, (), form.media_names, read_schema(filled)
    )


def instance(
    schema: FormSchema, name: str, root: Answers, repeats: Mapping[str, Sequence[Answers]]
) -> bytes:
    """A filled form as a phone writes it: every question that has an answer, in its place."""
    top = ET.Element(schema.root, {"id": schema.form_id, "version": schema.version})
    _fill(top, schema, "", root, f"/{schema.root}")
    for table in schema.tables:
        for answers in repeats.get(table.name, ()):
            parent, _, last = table.path.rpartition("/")
            node = _reach(top, parent.split("/")[2:])
            _fill(ET.SubElement(node, last), schema, table.name, answers, table.path)
    ET.SubElement(_reach(top, ["meta"]), "instanceID").text = name
    return ET.tostring(top, encoding="utf-8")


def _fill(top: ET.Element, schema: FormSchema, table: str, answers: Answers, prefix: str) -> None:
    for field in schema.fields_of(table):
        if field.name in answers and answers[field.name] is not None:
            path = field.path.removeprefix(prefix).strip("/").split("/")
            _reach(top, path).text = str(answers[field.name])


def _reach(top: ET.Element, path: Sequence[str]) -> ET.Element:
    node = top
    for name in path:
        found = node.find(name)
        node = found if found is not None else ET.SubElement(node, name)
    return node


def make_round(*, villages: int = 6, households: int = 4, communes: int = 2) -> Fabric:
    """A round over some communes, each a stratum of `villages` villages."""
    people.create_administrator("admin@example.vn", "mot-mat-khau-dai")
    actor = User.objects.get(email="admin@example.vn").actor
    project = projects.create_project(actor, "Khảo sát thử")
    round_ = Round.objects.create(
        project=project,
        name_vi="Đợt thử",
        name_en="Trial round",
        is_synthetic=True,
        sponsor="UBND tỉnh",
        decision_number="123/QĐ-UBND",
        field_agency="Trung tâm thử",
        controller="Sở Nội vụ",
        contact_line="0237 000 000",
        retention_date=date(2027, 1, 1),
        frame_date=date(2026, 1, 1),
        starts_on=date(2026, 4, 1),
        ends_on=date(2026, 5, 1),
        benchmark_definition="usual_resident",
        seed=7,
    )
    forms, schemas = {}, {}
    for kind, name in (("A", "hh_digital"), ("B", "citizen_sat")):
        form = compiled(name)
        forms[kind] = publishing.create_form(
            actor, project, form.xform, publish=True, rates_authority=kind == "B"
        )
        schemas[kind] = form.schema
        RoundForm.objects.create(round=round_, kind=kind, form=forms[kind])
    province = _unit("38", Level.PROVINCE, "Thanh Hóa", None)
    for number in range(communes):
        unit = _unit(f"1622{number}", Level.COMMUNE, f"Thử {number + 1}", province)
        _commune(round_, unit, villages, households)
    return Fabric(actor, round_, forms, schemas)


def _unit(code: str, level: str, name: str, parent: AdminUnit | None) -> AdminUnit:
    kind = "Tỉnh" if level == Level.PROVINCE else "Xã"
    unit, _ = AdminUnit.objects.get_or_create(
        code=code,
        level=level,
        valid_from=REFORM,
        defaults={
            "name": name,
            "type": kind,
            "parent": parent,
            "seat_lat": 19.6 + int(code[-1]) / 10,
            "seat_lon": 105.5,
        },
    )
    return unit


def _commune(round_: Round, unit: AdminUnit, villages: int, households: int) -> None:
    for number in range(villages):
        psu = f"{unit.code}-{number + 1:02d}"
        village = Village.objects.create(id=psu, name=f"Thôn {number + 1}", unit=unit)
        sampled = SampledVillage.objects.create(
            round=round_,
            psu=psu,
            village=village,
            stratum=unit.code,
            urban_rural="urban" if number == 0 else "rural",
            frame_date=date(2026, 1, 1),
            mos_hh=100,
            pi_psu=0.4,
            stratum_psus_sampled=villages,
            stratum_psus_total=villages * 3,
            selection_order=number + 1,
            n_listed=100,
            n_selected=households,
        )
        SampledHousehold.objects.bulk_create(
            SampledHousehold(
                round=round_,
                village=sampled,
                name=f"{psu}-{at + 1:03d}",
                hh_seq=at + 1,
                pi_hh=0.1,
                kish_u=0.0,
                arm="A" if at % 2 else "B",
            )
            for at in range(households)
        )


def member(number: int, *, sex: str = "f", born: int = 1986, adult: bool = True) -> Answers:
    grown = {"m_a15": "1", "m_a18": "1" if adult else "0"}
    return {"m_no": number, "m_sex": sex, "m_by": born, "m_age": 2026 - born, **grown}


def person(number: int, *, by: str = "self", **answers: Any) -> Answers:
    full = {"a_need": "no", "a_help": "none", "a_limit": "no", "a_skill": "form attach"}
    core = {
        "a_phone": "smart",
        "a_net3m": "yes",
        "a_bank": "yes",
        "a_wallet": "no",
        "a_vneid": "own",
    }
    own = {**full, "a_epay": "weekly"} if by == "self" else {}
    going = {"p_no": number, "p_a15": "1", "a_by": by, "a_go": "1"}
    return {**going, "a_full": "1" if by == "self" else "0", **core, **own, **answers}


def interview_a(fabric: Fabric, household: SampledHousehold, rng: random.Random) -> None:
    """Two adults, the second by proxy; smartphones and the rest at random."""
    start = "2026-04-10T08:00:00.000+07:00"
    yes = [rng.random() < share for share in (0.8, 0.8, 0.7, 0.6)]
    core = {
        "a_phone": "smart" if yes[0] else "basic",
        "a_net3m": "yes" if yes[1] else "no",
        "a_bank": "yes" if yes[2] else "no",
        "a_wallet": "dk" if rng.random() < 0.15 else "no",
        "a_vneid": "own" if yes[3] else "none",
        "a_skill": "form attach" if yes[1] else None,
        "a_epay": "some" if yes[2] else None,
    }
    people_here = [member(1, sex="m", born=1980), member(2, sex="f", born=2000)]
    blocks = [person(1, **core), person(2, by="proxy", a_phone="smart" if yes[3] else "none")]
    root = {"start": start, "consent": "yes", "hh_size": 2, "hh_biz": "no", "disp": "110"}
    fabric.send(
        "A",
        household,
        {**root, "case_key": "consent_yes"},
        {"member": people_here, "person": blocks},
    )


def interview_b(fabric: Fabric, household: SampledHousehold, rng: random.Random) -> None:
    """A user of the commune's centre with answers at random."""
    steps = ["5", "4", "4", "4", "3", "2"]
    items = ("f1_1", "f1_2", "f2_1", "f2_2", "f2_3", "f2_4", "f3_1", "f3_2", "f3_3", "f3_4")
    more = ("f3_5", "f4_1", "f4_2", "f1_0", "f2_0", "f3_0", "f4_0", "overall", "pol_1", "pol_2")
    answers = {name: rng.choice(steps) for name in (*items, *more, "pol_3", "pol_4")}
    line = {"n_a18": 2, "sel_line": 1, "sel_sex": "m", "sel_by": 1980, "sel_present": "here"}
    case = {"used": "self", "svc_office": "commune", "svc_trips": "t1", "svc_wait": "w15"}
    result = {"svc_got": "yes", "svc_ontime": "on", "f5_know": rng.choice(["yes", "no"])}
    closing = {"pay_x": rng.choice(["none", "none", "own"]), "f5_sent": "no", "disp": "110"}
    person_ = {"r_sex": rng.choice(["m", "f"]), "r_by": rng.choice([1955, 1975, 1990, 2003])}
    start = {"start": "2026-04-11T08:00:00.000+07:00", "today": "2026-04-11", "consent": "yes"}
    counted = {"arm": household.arm, f"list_{household.arm.lower()}": rng.randint(0, 4)}
    fabric.send(
        "B",
        household,
        {**start, **line, **case, **result, **answers, **person_, **counted, **closing},
    )


def refusal(fabric: Fabric, kind: str, household: SampledHousehold) -> None:
    start = {"start": "2026-04-10T08:00:00.000+07:00"}
    fabric.send(kind, household, {**start, "contact": "refuse", "disp": "2111"})


def benchmarks(fabric: Fabric, count: int = 400) -> None:
    """Equal counts in every cell of every stratum."""
    groups = ("18-29", "30-44", "45-59", "60+")
    strata = sorted(set(SampledVillage.objects.values_list("stratum", flat=True)))
    Benchmark.objects.bulk_create(
        Benchmark(
            round=fabric.round,
            domain=stratum,
            sex=sex,
            age_group=group,
            count=count,
            definition="usual_resident",
            source="thử",
            date=date(2026, 1, 1),
        )
        for stratum in strata
        for sex in ("m", "f")
        for group in groups
    )


def field_work(fabric: Fabric, *, seed: int = 3) -> None:
    """Every household is visited; one in ten refuses."""
    rng = random.Random(seed)
    for household in SampledHousehold.objects.select_related("village").order_by("name"):
        for kind, interview in (("A", interview_a), ("B", interview_b)):
            if rng.random() < 0.1:
                refusal(fabric, kind, household)
            else:
                interview(fabric, household, rng)
