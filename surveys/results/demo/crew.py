"""The field work of a demonstration round: phones that sync, visit, and send, day after day."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from forms.placeholders import consent_hash
from surveys.results.demo import digital, opinions
from surveys.results.demo.digital import Home, Row
from surveys.results.demo.instance import InstanceWriter, Tree
from surveys.results.demo.phone import Phone, audit_log
from surveys.results.demo.population import World
from surveys.results.demo.sample import Sample
from surveys.results.demo.visits import MAX_VISITS, Interview, ListedHousehold

MINUTES_BETWEEN = 25


@dataclass(frozen=True, slots=True)
class HouseholdForm:
    """One of the two household forms: where its state stands in the list, how it is filled."""

    form_id: str
    status: str
    visits: str
    fill: Callable[[Home, Interview, str, np.random.Generator], Tree]
    number: int  # part of the seed


FORMS = (
    HouseholdForm("hh_digital", "st_a", "nv_a", digital.visit, 1),
    HouseholdForm("citizen_sat", "st_b", "nv_b", opinions.visit, 2),
)


@dataclass(frozen=True, slots=True)
class Blank:
    """A form as a phone holds it, ready to be filled."""

    form: HouseholdForm
    writer: InstanceWriter
    consent_hash: str

    @classmethod
    def of(cls, form: HouseholdForm, xform: bytes) -> "Blank":
        return cls(form, InstanceWriter(xform), consent_hash(xform))


class Homes:
    """The sampled households of the world, found as the phone's list names them."""

    def __init__(self, world: World, sample: Sample) -> None:
        persons = world.persons[world.persons["hh"].isin(set(sample.households["hh"]))]
        # Plain rows: phones run in threads and read cell by cell.
        people: dict[int, list[Row]] = {}
        for row in _rows(persons):
            people.setdefault(row["hh"], []).append(row)
        villages = {row["psu"]: row for row in _rows(sample.villages)}
        self._homes = {
            (row["psu"], int(row["hh_seq"])): Home(
                row, people[int(row["hh"])], villages[row["psu"]]
            )
            for row in _rows(sample.households)
        }

    def find(self, listed: ListedHousehold) -> Home:
        return self._homes[listed.psu, listed.hh_seq]


class Crew:
    """All phones of a round. The same seed gives the same answers, whatever the timing."""

    def __init__(self, homes: Homes, phones: Sequence[Phone], start: datetime, seed: int) -> None:
        self.homes = homes
        self.phones = phones
        self.start = start
        self.seed = seed
        self.sent = 0
        self.last_message = ""
        self._lock = threading.Lock()

    def work_a_day(self, number: int, tell: Callable[[int], None]) -> int:
        """Every phone syncs and visits what is open; returns how many forms were sent."""
        before = self.sent
        with ThreadPoolExecutor(len(self.phones)) as pool:
            for done in [pool.submit(self._day, phone, number, tell) for phone in self.phones]:
                done.result()
        return self.sent - before

    def _day(self, phone: Phone, number: int, tell: Callable[[int], None]) -> None:
        phone.sync()
        at = self.start + timedelta(days=number)
        for form in FORMS:
            if form.form_id not in phone.forms:
                continue
            blank = Blank.of(form, phone.forms[form.form_id])
            for listed in phone.households(form.form_id):
                if listed.status[form.status] not in {"", "open"}:
                    continue
                at += timedelta(minutes=MINUTES_BETWEEN)
                self._visit(phone, blank, listed, at)
                tell(self.sent)

    def close(self) -> None:
        for phone in self.phones:
            phone.close()

    def _visit(self, phone: Phone, blank: Blank, listed: ListedHousehold, at: datetime) -> None:
        form = blank.form
        visit_no = int(listed.status[form.visits] or 0) + 1
        if visit_no > MAX_VISITS:
            return
        home = self.homes.find(listed)
        random = np.random.default_rng(
            [self.seed, int(home.household["hh"]), form.number, visit_no]
        )
        interview = Interview(
            household=listed,
            visit_no=visit_no,
            at=at,
            enumerator=phone.enumerator,
            device=phone.device_id,
            instance_id=f"uuid:{UUID(bytes=random.bytes(16), version=4)}",
        )
        values = form.fill(home, interview, blank.consent_hash, random)
        xml = blank.writer.write(values, entity=interview.entity)
        log = audit_log(int(at.timestamp() * 1000), 12)
        message = phone.send(xml, {"audit.csv": log})
        with self._lock:
            self.sent += 1
            self.last_message = message


def _rows(frame: pd.DataFrame) -> list[Row]:
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    return rows
