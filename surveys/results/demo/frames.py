"""The synthetic world as frames that the analysis reads: everybody (the truth), or one round.

A simulated round skips forms and HTTP, and the few partial interviews; the response behaviour, the
weights and the estimators are the same. So hundreds of rounds can be held against the truth.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from surveys.results.demo.digital import CORE, FULL, self_share
from surveys.results.demo.draws import Codes, Flags, Random, Whole
from surveys.results.demo.opinions import presence_shares
from surveys.results.demo.population import SURVEY_YEAR, World
from surveys.results.demo.sample import Sample, SampleDesign
from surveys.results.demo.satisfaction import PLEASES
from surveys.results.demo.visits import (
    BREAK_OFF_SHARE,
    CONSENT_SHARE,
    MAX_VISITS,
    contact_shares,
)
from surveys.results.extract import CASE_COLUMNS, BenchmarkCell, FormFrames, RoundFrames

TODAY = date(SURVEY_YEAR, 10, 15)
CASE_ANSWERS = (
    "used", "svc", "svc_office", "svc_ch", "svc_trips", "svc_wait", "svc_got", "svc_ontime",
    "svc_due", "svc_told", "svc_extra", "f5_know", "f5_sent", "pol_0", "expect", "pay_x", "hassle",
)  # fmt: skip


def census(world: World) -> RoundFrames:
    """Everybody answers in person: what the estimates aim at. Form B is asked of every adult, each
    standing as a case of its own."""
    villages = world.villages.assign(
        pi_psu=1.0, N_psu_stratum=world.villages.groupby("stratum")["psu"].transform("size")
    )
    homes = world.households.reset_index(names="hh").assign(pi_hh=1.0)
    cases = _cases(homes, villages.iloc[homes["village"]].reset_index(drop=True))
    people = _listed(world.persons, homes["hh"].to_numpy())
    people["a_by"] = "self"
    adults = people[people["age"] >= 18].reset_index(drop=True)
    each = cases.iloc[adults["place"]].reset_index(drop=True)
    each["household"] = [f"{hh}-{n}" for hh, n in zip(each["household"], adults.index, strict=True)]
    each["submission"] = pd.array(np.arange(len(each)), dtype="Int64")
    return RoundFrames(
        digital=_digital(cases, homes, people),
        satisfaction=_satisfaction(each, adults, np.ones(len(adults), dtype=np.int64)),
        benchmarks=(),
        inputs_sha256="census",
    )


def a_round(
    world: World, sample: Sample, benchmarks: tuple[BenchmarkCell, ...], seed: int
) -> RoundFrames:
    """One simulated round of both household forms."""
    random = np.random.default_rng(seed)
    homes = sample.households
    by_psu = sample.villages.set_index("psu").loc[homes["psu"]].reset_index()
    cases = _cases(homes, by_psu)
    people = _listed(world.persons, homes["hh"].to_numpy())
    digital_cases = _outcomes(cases, _met_by_digital(homes, random))
    _who_answers(people, random)
    line = _drawn_lines(people, random)
    drawn = people.loc[line.persons].reset_index(drop=True)
    satisfaction_cases = _outcomes(cases, _met_by_opinions(homes, drawn, random))
    return RoundFrames(
        digital=_digital(digital_cases, homes, people),
        satisfaction=_satisfaction(satisfaction_cases, drawn, line.adults),
        benchmarks=benchmarks,
        inputs_sha256=f"simulated-{seed}",
    )


def benchmarks_of(world: World, design: SampleDesign) -> tuple[BenchmarkCell, ...]:
    """The world's own counts of usual residents, as a round's benchmarks."""
    persons = world.persons[world.persons["age"] >= 15]
    village = world.households["village"].to_numpy()[persons["hh"].to_numpy()]
    column = "stratum" if design.split_urban else "commune_code"
    counts = (
        persons.assign(domain=world.villages[column].to_numpy()[village])
        .groupby(["domain", "sex", "age_group"])
        .size()
        .reset_index(name="persons")
    )
    return tuple(
        BenchmarkCell(row["domain"], row["sex"], row["age_group"], row["persons"], "usual_resident")
        for row in counts.to_dict("records")
    )


def _cases(homes: pd.DataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    count = len(homes)
    cases = pd.DataFrame(
        {
            "household": [f"h{hh:06d}" for hh in homes["hh"]],
            "psu": villages["psu"].to_numpy(),
            "stratum": villages["stratum"].to_numpy(),
            "commune": villages["commune_code"].to_numpy(),
            "urban_rural": villages["urban_rural"].to_numpy(),
            "pi_psu": villages["pi_psu"].to_numpy(),
            "pi_hh": homes["pi_hh"].to_numpy(),
            "n_listed": villages["n_hh"].to_numpy(),
            "stratum_psus": villages["N_psu_stratum"].to_numpy(),
            "arm": np.where(np.arange(count) % 2, "A", "B"),
            "disposition": "110",
            "group": "I",
            "submission": pd.array(np.arange(count), dtype="Int64"),
            "n_visits": 1,
        }
    )
    return cases[list(CASE_COLUMNS)]


def _outcomes(cases: pd.DataFrame, group: Codes) -> pd.DataFrame:
    out = cases.assign(group=group.astype(object))
    out["submission"] = out["submission"].where(out["group"].eq("I"))
    return out


def _met_by_digital(homes: pd.DataFrame, random: Random) -> Codes:
    """The final AAPOR group of each household: up to four visits, then consent."""
    group = np.full(len(homes), "NC", dtype="U2")
    open_ = np.ones(len(homes), dtype=bool)
    for visit_no in range(1, MAX_VISITS + 1):
        result = _contacts(homes, visit_no, random)
        open_ = _settle(group, open_, result)
        met = open_ & (result == "start")
        stays = random.random(len(homes)) < CONSENT_SHARE * (1 - BREAK_OFF_SHARE)
        group[met] = np.where(stays[met], "I", "R")
        open_ = open_ & ~met
    return group


def _met_by_opinions(homes: pd.DataFrame, drawn: pd.DataFrame, random: Random) -> Codes:
    """As above, with the drawn person to be met in the household."""
    group = np.full(len(homes), "NC", dtype="U2")
    open_ = np.ones(len(homes), dtype=bool)
    shares = [
        presence_shares(age=int(age), is_man=sex == "m")
        for age, sex in drawn[["age", "sex"]].itertuples(index=False)
    ]
    refused = np.array([row["sel_refby"] for row in shares])
    here = np.array([row["here"] for row in shares])
    for visit_no in range(1, MAX_VISITS + 1):
        result = _contacts(homes, visit_no, random)
        open_ = _settle(group, open_, result)
        met = open_ & (result == "start")
        chance = random.random(len(homes))
        group[met & (chance < refused)] = "R"
        present = met & (chance > 1 - here)
        agrees = random.random(len(homes)) < CONSENT_SHARE
        group[present] = np.where(agrees[present], "I", "R")
        open_ = open_ & ~(met & (chance < refused)) & ~present
    return group


def _contacts(homes: pd.DataFrame, visit_no: int, random: Random) -> Codes:
    chance = random.random(len(homes))
    urban = homes["is_urban"].to_numpy()
    result = np.empty(len(homes), dtype="U10")
    for is_urban in (False, True):
        shares = contact_shares(is_urban=is_urban, visit_no=visit_no)
        names = np.array(list(shares))
        ends = np.cumsum(list(shares.values()))[:-1]
        rows = urban == is_urban
        result[rows] = names[np.searchsorted(ends, chance[rows])]
    return result


def _settle(group: Codes, open_: Flags, result: Codes) -> Flags:
    """Close what refusals and vacant houses end at once; returns what is still open."""
    group[open_ & (result == "refuse")] = "R"
    group[open_ & (result == "ineligible")] = "NE"
    return open_ & ~np.isin(result, ["refuse", "ineligible"])


def _listed(persons: pd.DataFrame, households: Whole) -> pd.DataFrame:
    """The members of these households, in their order; `place` is the household's row."""
    place = pd.Series(np.arange(len(households)), index=households)
    rows = persons[persons["hh"].isin(place.index)]
    rows = rows.assign(place=place.loc[rows["hh"]].to_numpy())
    return rows.sort_values("place", kind="stable").reset_index(drop=True)


def _who_answers(people: pd.DataFrame, random: Random) -> None:
    """One adult is met and answers in person; the others do, or others do for them."""
    chance = random.random(len(people))
    age = people["age"].to_numpy()
    adult = age >= 18
    here = np.array(
        [
            self_share(is_woman=sex == "f", is_old=years >= 60)
            for sex, years in zip(people["sex"], age, strict=True)
        ]
    )
    # "I do agree": some refuse for themselves
    by = np.where(chance < here * 0.97, "self", np.where(chance < 0.97, "proxy", "nobody"))
    minor = np.where(chance < 0.45, "self", np.where(chance < 0.82, "guardian", "nobody"))
    by = np.where(adult, by, np.where(age >= 15, minor, ""))
    key = np.where(adult, random.random(len(people)), 2.0)
    met = pd.Series(key).groupby(people["place"].to_numpy()).idxmin().to_numpy()
    by[met] = "self"
    people["a_by"] = by


@dataclass(frozen=True, slots=True)
class _Draw:
    persons: Whole  # row of the drawn adult, per household
    adults: Whole  # adults of the household


def _drawn_lines(people: pd.DataFrame, random: Random) -> _Draw:
    adults = people[people["age"] >= 18]
    count = adults.groupby("place").size()
    key = pd.Series(random.random(len(adults)), index=adults.index)
    chosen: Whole = np.array(key.groupby(adults["place"]).idxmax().tolist())
    adults_there: Whole = np.array(count.tolist())
    return _Draw(chosen, adults_there)


def _digital(cases: pd.DataFrame, homes: pd.DataFrame, people: pd.DataFrame) -> FormFrames:
    answered = cases["submission"].notna().to_numpy()
    household = cases["household"].to_numpy()
    root = homes.assign(household=household)[answered]
    names = ["household", "hh_net", "hh_signal", "hh_biz", "hh_qr", "hh_poor", "hh_team"]
    rows = people[answered[people["place"].to_numpy()]]
    number = rows.groupby("place").cumcount() + 1
    of = household[rows["place"].to_numpy()]
    age = rows["age"].to_numpy()
    members = pd.DataFrame(
        {
            "household": of, "ordinal": number - 1, "m_no": number, "m_sex": rows["sex"],
            "m_age": age, "m_a15": (age >= 15).astype(int), "m_a18": (age >= 18).astype(int),
        },
        dtype=object,
    )  # fmt: skip
    by = rows["a_by"].to_numpy()
    goes = np.isin(by, ["self", "proxy", "guardian"]) & (age >= 15)
    is_self = goes & (by == "self")
    answers: dict[str, Any] = {
        "household": of, "ordinal": number - 1, "p_no": number, "a_by": by, "a_go": goes + 0
    }  # fmt: skip
    for name in (*CORE, *FULL):
        answers[name] = _asked(rows[name].to_numpy(), goes if name in CORE else is_self)
    wants = ~np.isin(rows["a_help"].to_numpy(), ["", "none", "dk", "ref"])
    answers["a_wants"] = _asked(wants.astype(int), is_self)
    persons = pd.DataFrame(answers, dtype=object)  # as records are read
    return FormFrames(
        cases=cases,
        root=root[names].replace("", None).set_index("household", drop=False),
        tables={
            "member": members.reset_index(drop=True),
            "person": persons.reset_index(drop=True),
        },
        codebook=(),
        misfits={},
    )


def _satisfaction(cases: pd.DataFrame, drawn: pd.DataFrame, adults: Whole) -> FormFrames:
    answered = cases["submission"].notna().to_numpy()
    rows = drawn[answered].reset_index(drop=True)
    household = cases["household"].to_numpy()[answered]
    arm = cases["arm"].to_numpy()[answered]
    user = (rows["used"] == "self").to_numpy()
    went = user & np.isin(rows["svc_trips"].to_numpy(), ["t1", "t2", "t3", "t4"])
    answers: dict[str, Any] = {
        "household": household,
        "today": TODAY,
        "n_a18": adults[answered],
        "r_sex": rows["sex"].to_numpy(),
        "r_by": SURVEY_YEAR - rows["age"].to_numpy(),
        "went": went + 0,
        "arm": arm,
        "svc_centre": None,
        "list_a": _asked(rows["n_innocent"].to_numpy(), user & (arm == "A")),
        "list_b": _asked(rows["n_with_extra"].to_numpy(), user & (arm == "B")),
    }
    for name in (*CASE_ANSWERS, *PLEASES):
        answers[name] = _asked(rows[name].to_numpy(), np.ones(len(rows), dtype=bool))
    root = pd.DataFrame(answers, dtype=object).set_index("household", drop=False)
    return FormFrames(cases=cases, root=root, tables={}, codebook=(), misfits={})


def _asked(values: Codes, asked: Flags) -> Codes:
    """The code, or None where the question was not asked."""
    codes = values.astype(object)
    codes[~(asked & (codes != ""))] = None
    return codes
