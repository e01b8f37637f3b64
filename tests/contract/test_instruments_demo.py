"""What the demonstration writes is what phones write: JavaRosa finds no fault in any of it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest

from forms.entities import read_entities
from forms.records import flatten
from surveys.results.demo import population, sample, slips
from surveys.results.demo.crew import Crew, Homes
from surveys.results.demo.phone import Phone
from surveys.results.demo.places import COMMUNES
from surveys.results.demo.setting import PLANNED
from surveys.results.demo.visits import MAX_VISITS
from tests import instruments, javarosa

pytestmark = [
    pytest.mark.java,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not javarosa.is_available(), reason="no JDK on this machine"),
]

FORMS = ("hh_digital", "citizen_sat")
CITIZENS_FORMS = ("exit_slip", "petition")
SEED = 20261122
DESIGN = sample.SampleDesign(villages=2, households=12, split_urban=False)
CENTRES = [{"name": "p38", "label": "Tỉnh", "level": "province"}] + [
    {"name": f"c{commune.code}", "label": commune.name, "level": "commune"} for commune in COMMUNES
]
STATE = ("st_a", "disp_a", "nv_a", "st_b", "disp_b", "nv_b", "b_line", "b_n18", "b_sex", "b_by")


@dataclass
class PaperPhone(Phone):
    """A phone that sends to a pile of paper; the household list follows what it sent."""

    rows: list[dict[str, str]]
    villages: bytes
    enumerator: str = "Nguyễn Thị Thử"
    device_id: str = "collect:paper00000000001"
    forms: dict[str, bytes] = field(default_factory=dict)
    media: dict[str, dict[str, bytes]] = field(default_factory=dict)
    pile: list[tuple[str, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        lists = {
            **instruments.LISTS,
            "sampled_hh.csv": _csv(self.rows),
            "psu.csv": self.villages,
            "centres.csv": _csv(CENTRES),
            "communes.csv": _csv([{"name": c.code, "label": c.name} for c in COMMUNES]),
        }
        self.forms = {name: instruments.published(name) for name in instruments.NAMES}
        self.media = dict.fromkeys(instruments.NAMES, lists)

    def send(self, xml: bytes, files: dict[str, bytes] | None = None) -> str:
        name = next(name for name in instruments.NAMES if f'id="{name}"'.encode() in xml[:400])
        self.pile.append((name, xml))
        for change in read_entities(instruments.schema(name), xml):
            row = next(row for row in self.rows if row["name"] == change.entity_id)
            row.update(change.properties)
            row["__version"] = str(int(row["__version"]) + 1)
        return ""


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _phone(drawn: sample.Sample) -> PaperPhone:
    random = np.random.default_rng(SEED)
    places = {row["psu"]: row for row in json.loads(drawn.villages.to_json(orient="records"))}
    rows = []
    for number, home in enumerate(json.loads(drawn.households.to_json(orient="records"))):
        facts = {
            "name": f"hh{number}",
            "label": f"Hộ {number}",
            "__version": "1",
            "psu": home["psu"],
            "commune_code": places[home["psu"]]["commune_code"],
            "hh_seq": str(home["hh_seq"]),
            "kish_u": f"{random.random():.6f}",
            "arm": "AB"[number % 2],
        }
        rows.append(facts | dict.fromkeys(STATE, "") | {"st_a": "open", "st_b": "open"})
    villages = [
        {"name": psu, "label": row["name"], "commune_code": row["commune_code"]}
        for psu, row in places.items()
    ]
    return PaperPhone(rows=rows, villages=_csv(villages))


def test_javarosa_finds_no_fault_in_what_the_demonstration_writes() -> None:
    world = population.build(SEED)
    drawn = sample.draw(world, DESIGN, SEED)
    phone = _phone(drawn)
    crew = Crew(Homes(world, drawn), [phone], PLANNED[0].starts, SEED)
    problems: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for day in range(MAX_VISITS):
        phone.pile.clear()
        crew.work_a_day(day, lambda _: None)
        for name in FORMS:
            sent = [xml for form, xml in phone.pile if form == name]
            # the lists as they were on the phone that day
            for found in javarosa.check(instruments.published(name), phone.media[name], sent):
                problems.update(line.partition(" = ")[0] for line in found)
            schema = instruments.schema(name)
            rows = [flatten(schema, xml)[0].values for xml in sent]
            codes.update(values["g_close/disp"] for values in rows)
            assert not [key for values in rows for key in values if key.startswith("?")]
    assert problems == {}
    assert codes["110"] > 100
    assert {"2111", "224", "240"} <= codes.keys()


def test_javarosa_finds_no_fault_in_slips_and_petitions() -> None:
    phone = PaperPhone(rows=[{"name": "h"}], villages=b"name,label\n")
    phone.sync()
    slips.send_slips(phone, PLANNED[0])
    slips.send_petitions(phone, PLANNED[0])
    for name in CITIZENS_FORMS:
        sent = [xml for form, xml in phone.pile if form == name]
        assert sent
        problems = javarosa.check(instruments.published(name), phone.media[name], sent)
        assert {line for each in problems for line in each} == set()
