"""Form B (citizen_sat) filled at a door of the synthetic world: one drawn adult a household."""

from typing import Any

from surveys.results.demo.digital import Home, Row
from surveys.results.demo.draws import Random
from surveys.results.demo.instance import Tree
from surveys.results.demo.population import SURVEY_YEAR
from surveys.results.demo.visits import (
    CLOSED_DOOR,
    CONSENT_SHARE,
    Interview,
    closing,
    consent_stamp,
    contact,
    point,
)

# Result with the drawn person → disposition.
ABSENT = {"sel_later": "240", "sel_away": "225", "sel_ill": "232", "sel_refby": "2111"}
CASE = (
    "svc", "svc_office", "svc_centre", "svc_ch", "svc_trips", "went", "svc_wait", "svc_got",
    "svc_ontime", "svc_due", "late", "svc_told", "svc_extra",
)  # fmt: skip
FACTORS = {
    "f1": ("f1_1", "f1_2", "f1_3", "f1_0"),
    "f2": ("f2_1", "f2_2", "f2_3", "f2_4", "f2_0"),
    "f3": ("f3_1", "f3_2", "f3_3", "f3_4", "f3_5", "f3_0"),
    "f4": ("f4_1", "f4_2", "f4_3", "f4_0"),
}
WENT = {"t1", "t2", "t3", "t4"}


def visit(home: Home, interview: Interview, consent_hash: str, random: Random) -> Tree:
    """The values of one visit, ready for the InstanceWriter."""
    listed = interview.household.status
    result = contact(random, is_urban=home.household["is_urban"], visit_no=interview.visit_no)
    answers: dict[str, Any] = {
        **interview.meta(minutes=17 if result == "start" else 2),
        "g_id": {
            "int_affil": "hired",
            "int_local": "no",
            "psu": interview.household.psu,
            "hh": interview.household.name,
            "visit_no": str(interview.visit_no),
            "kish_u": interview.household.kish_u,
            "arm": interview.household.arm,
            "prev_line": listed["b_line"],
            "prev_n18": listed["b_n18"],
            "prev_sex": listed["b_sex"],
            "prev_by": listed["b_by"],
            "visit_note": "",
        },
        "contact": result,
    }
    draw = _draw(home, interview, answers) if result == "start" else _known_draw(listed)
    answers |= draw
    if result == "start":
        answers |= _met(home, interview, consent_hash, draw, random)
    else:
        answers |= {"min_ok": "0", "case_key": result}
        answers["g_close"] = closing(CLOSED_DOOR[result], interview.visit_no)
    answers["g_close"] |= {
        "e_line": draw["sel_line"],
        "e_n18": draw["n_a18"],
        "e_sex": draw["sel_sex"],
        "e_by": draw["sel_by"],
    }
    answers["meta"] = {"entity": "", "audit": "audit.csv", "instanceID": interview.instance_id}
    return answers


def _adults(home: Home) -> list[Row]:
    """From the oldest to the youngest, as the form asks for them."""
    adults = [row for row in home.persons if row["age"] >= 18]
    return sorted(adults, key=lambda row: -int(row["age"]))


def _draw(home: Home, interview: Interview, answers: dict[str, Any]) -> dict[str, Any]:
    """The list and the drawn line: int(kish_u × adults) + 1, kept from the first visit on."""
    listed = interview.household.status
    if listed["b_line"]:
        return _known_draw(listed)
    adults = _adults(home)
    years = [str(SURVEY_YEAR - int(row["age"])) for row in adults]
    answers["g_list"] = {
        "n_list": str(len(adults)),
        "adult": [
            {"l_no": str(i + 1), "l_prev": years[i - 1] if i else "1900", "l_by": years[i],
             "l_sex": row["sex"]}
            for i, row in enumerate(adults)
        ],
    }  # fmt: skip
    line = int(float(interview.household.kish_u) * len(adults))
    return _draw_of(str(line + 1), str(len(adults)), adults[line]["sex"], years[line])


def _known_draw(listed: dict[str, str]) -> dict[str, Any]:
    return _draw_of(listed["b_line"], listed["b_n18"], listed["b_sex"], listed["b_by"])


def _draw_of(line: str, n18: str, sex: str, birth_year: str) -> dict[str, Any]:
    return {
        "n_a18": n18,
        "sel_line": line,
        "sel_sex": sex,
        "sel_by": birth_year,
        "sel_txt": {"f": "nữ/F", "m": "nam/M"}.get(sex, "?"),
    }


def _met(
    home: Home, interview: Interview, consent_hash: str, draw: dict[str, Any], random: Random
) -> dict[str, Any]:
    person = _adults(home)[int(draw["sel_line"]) - 1]
    present = _present(person, random)
    answers: dict[str, Any] = {"sel_present": present}
    if present != "here":
        answers |= {"min_ok": "0", "case_key": present}
        return answers | {"g_close": closing(ABSENT[present], interview.visit_no)}
    agrees = random.random() < CONSENT_SHARE
    answers["g_consent"] = {
        "consent_txt": "",
        "consent": "yes" if agrees else "no",
        "consent_at": consent_stamp(interview.at) if agrees else "",
        "consent_version": consent_hash,
    }
    if not agrees:
        answers |= {"min_ok": "0", "case_key": "consent_no"}
        return answers | {"g_close": closing("2112", interview.visit_no)}
    answers |= {"min_ok": "1", "case_key": "consent_yes"}
    answers["g_main"] = _interview(person, home, interview, random)
    return answers | {"g_close": closing("110", interview.visit_no)}


def presence_shares(*, age: int, is_man: bool) -> dict[str, float]:
    """Young men are away more often: raking on sex × age takes it up."""
    shares = {
        "sel_away": 0.10 + 0.14 * (age < 30) + 0.05 * is_man,
        "sel_later": 0.05,
        "sel_ill": 0.03 if age >= 60 else 0.004,
        "sel_refby": 0.015,
    }
    return shares | {"here": 1 - sum(shares.values())}


def _present(person: Row, random: Random) -> str:
    shares = presence_shares(age=int(person["age"]), is_man=person["sex"] == "m")
    return str(random.choice(list(shares), p=list(shares.values())))


def _interview(person: Row, home: Home, interview: Interview, random: Random) -> dict[str, Any]:
    is_user = person["used"] == "self"
    out: dict[str, Any] = {
        "gps": point(random, home.village["lat"], home.village["lon"]),
        "r_sex": person["sex"],
        "r_by": str(SURVEY_YEAR - int(person["age"])),
        "r_gap": "0",
        "r_educ": person["a_educ"],
        "r_work": person["r_work"],
        "used": person["used"],
    }
    if is_user:
        out |= _last_case(person, home)
    know = ("f5_know", "f5_sent", "f5_1", "f5_2", "f5_0")
    out["f5"] = {name: person[name] for name in know if person[name] != ""}
    out["overall"] = person["overall"]
    out["pol"] = {name: person[name] for name in ("pol_0", "pol_1", "pol_2", "pol_3", "pol_4")}
    out["expect"] = person["expect"]
    if is_user:
        out["g_sens"] = _sensitive(person, interview.household.arm, random)
    return out | {"comment": "", "int_lang": "vi", "int_priv": "no"}


def _last_case(person: Row, home: Home) -> dict[str, Any]:
    went = person["svc_trips"] in WENT
    late = person["svc_ontime"] == "late" or person["svc_due"] == "over"
    centre = {"commune": f"c{home.village['commune_code']}", "province": "p38"}
    row = {
        **person,
        "svc_centre": centre.get(person["svc_office"], ""),
        "went": "1" if went else "0",
        "late": "1" if late else "0",
    }
    out: dict[str, Any] = {"g_case": {name: row[name] for name in CASE if row[name] != ""}}
    for group, items in FACTORS.items():
        rated = {name: row[name] for name in items if row[name] != ""}
        if group == "f3" and not went:
            continue
        if group == "f4" and not (person["svc_got"] == "yes" or late):
            continue
        out[group] = rated
    return out


def _sensitive(person: Row, arm: str, random: Random) -> dict[str, str]:
    asked = {"A": ("list_a", "n_innocent"), "B": ("list_b", "n_with_extra")}[arm]
    return {
        asked[0]: str(person[asked[1]]),
        "pay_x": person["pay_x"],
        "hassle": person["hassle"],
        "who_held": "resp" if random.random() < 0.7 else "read",
    }
