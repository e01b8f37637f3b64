"""Form A (hh_digital) filled at a door of the synthetic world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveys.results.demo.draws import Random
from surveys.results.demo.instance import Tree
from surveys.results.demo.population import SURVEY_YEAR
from surveys.results.demo.visits import (
    BREAK_OFF_SHARE,
    CLOSED_DOOR,
    CONSENT_SHARE,
    Interview,
    closing,
    consent_stamp,
    contact,
    point,
)

Row = dict[str, Any]
CORE = ("a_phone", "a_net3m", "a_bank", "a_wallet", "a_vneid")
FULL = (
    "a_educ", "a_limit", "a_share", "a_netfreq", "a_skill", "a_nobank", "a_epay", "a_need",
    "a_who", "a_how", "a_fee", "a_barrier", "a_help",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """A household of the world with its people and its village."""

    household: Row
    persons: Sequence[Row]
    village: Row


def visit(home: Home, interview: Interview, consent_hash: str, random: Random) -> Tree:
    """The values of one visit, ready for the InstanceWriter."""
    result = contact(random, is_urban=home.household["is_urban"], visit_no=interview.visit_no)
    answers: dict[str, Any] = {
        **interview.meta(minutes=14 if result == "start" else 2),
        "g_id": {
            "int_affil": "hired",
            "int_local": "no",
            "psu": interview.household.psu,
            "hh": interview.household.name,
            "visit_no": str(interview.visit_no),
            "commune_code": interview.household.commune_code,
            "visit_note": "",
        },
        "contact": result,
    }
    if result == "start":
        answers |= _met(home, interview, consent_hash, random)
    else:
        answers |= {"min_ok": "0", "case_key": result}
        answers["g_close"] = closing(CLOSED_DOOR[result], interview.visit_no)
    answers["meta"] = {
        "entity": "",
        "audit": "audit.csv",
        "instanceID": interview.instance_id,
    }
    return answers


def _met(home: Home, interview: Interview, consent_hash: str, random: Random) -> dict[str, Any]:
    agrees = random.random() < CONSENT_SHARE
    consent = {
        "consent_txt": "",
        "consent": "yes" if agrees else "no",
        "consent_at": consent_stamp(interview.at) if agrees else "",
        "consent_version": consent_hash,
    }
    answers: dict[str, Any] = {"resp_ok": "yes", "g_consent": consent}
    if not agrees:
        return answers | _end("2111", "no", minimum=False, interview=interview)
    fate = random.random()
    if fate < BREAK_OFF_SHARE:
        roster = {"gps": "", "hh_size": "", "n_head": "0", "n_a15": "0", "n_a18": "0"}
        answers |= {"g_roster": roster | {"list_ok": ""}, "g_hh": _household({})}
        return answers | _end("212", "yes", minimum=False, interview=interview)
    people = _in_order_of_asking(home.persons, random)
    members = [_member(number, row, random) for number, row in enumerate(people, 1)]
    answers |= {
        "g_roster": _roster(members, home, random),
        "person": [_person(*pair, random) for pair in zip(members, people, strict=True)],
    }
    is_partial = fate < BREAK_OFF_SHARE + 0.01
    answers["g_hh"] = _household({} if is_partial else home.household)
    return answers | _end("120" if is_partial else "110", "yes", minimum=True, interview=interview)


def _end(disposition: str, consent: str, *, minimum: bool, interview: Interview) -> dict[str, Any]:
    return {
        "min_ok": "1" if minimum else "0",
        "case_key": f"consent_{consent}",
        "g_close": closing(disposition, interview.visit_no),
    }


def _in_order_of_asking(persons: Sequence[Row], random: Random) -> list[Row]:
    """The adult met at the door first, then the others as the household lists them."""
    adults = [row for row in persons if row["age"] >= 18]
    first = adults[int(random.integers(len(adults)))]
    return [first, *(row for row in persons if row is not first)]


def _roster(members: list[dict[str, str]], home: Home, random: Random) -> dict[str, Any]:
    return {
        "gps": point(random, home.village["lat"], home.village["lon"]),
        "hh_size": str(len(members)),
        "member": members,
        "n_head": "1",
        "n_a15": str(sum(row["m_a15"] == "1" for row in members)),
        "n_a18": str(sum(row["m_a18"] == "1" for row in members)),
        "list_ok": "ok",
    }


def _member(number: int, row: Row, random: Random) -> dict[str, str]:
    age = int(row["age"])
    # Some of the old do not know their year of birth; the band is asked instead.
    is_known = number == 1 or age < 65 or random.random() > 0.1
    out = {"m_no": str(number), "m_sex": row["sex"], "m_by": ""}
    if is_known:
        out["m_by"] = str(SURVEY_YEAR - age)
    else:
        out["m_band"] = "b60"
    out["m_dy"] = str(age) if is_known else ""
    if is_known and age in {15, 18}:
        out["m_bd"] = "yes"
    out["m_age"] = str(age) if is_known else ""
    out["m_a15"] = "1" if age >= 15 else "0"
    out["m_a18"] = "1" if age >= 18 else "0"
    out["m_rel"] = row["relation"]
    out["m_head"] = "1" if row["relation"] == "head" else "0"
    out["m_lab"] = label(number, row["sex"], out["m_by"])
    return out


def label(number: int, sex: str, birth_year: str) -> str:
    word = {"f": "nữ/F", "m": "nam/M"}.get(sex, "-")
    return f"{number} ({word} {birth_year or '?'})"


def _person(member: dict[str, str], row: Row, random: Random) -> dict[str, Any]:
    number = int(member["m_no"])
    is_15, is_18 = member["m_a15"] == "1", member["m_a18"] == "1"
    out: dict[str, Any] = {
        "p_no": member["m_no"],
        "p_a15": member["m_a15"],
        "p_a18": member["m_a18"],
        "p_lab": member["m_lab"],
    }
    who = _who_answers(number, row, random) if is_15 else {}
    if is_15:
        out["g_who"] = who
    goes = _goes(number, who, is_18=is_18)
    out["a_go"] = "1" if goes else "0"
    out["a_full"] = "1" if goes and who.get("a_by") == "self" else "0"
    if goes:
        out["core"] = {name: row[name] for name in CORE}
    if out["a_full"] == "1":
        out["full"] = _full(row, is_18=is_18, random=random)
    return out


def _who_answers(number: int, row: Row, random: Random) -> dict[str, str]:
    if number == 1:
        return {"a_by": "self"}
    chance = random.random()
    if row["age"] >= 18:
        here = self_share(is_woman=row["sex"] == "f", is_old=row["age"] >= 60)
        by = "self" if chance < here else "proxy" if chance < 0.985 else "nobody"
        if by != "self":
            return {"a_by": by}
        return {"a_by": by, "a_agree": "yes" if random.random() < 0.97 else "no"}
    by = "self" if chance < 0.5 else "guardian" if chance < 0.92 else "nobody"
    if by == "nobody":
        return {"a_by": by}
    if random.random() < 0.06:
        return {"a_by": by, "a_gagree": "no"}
    return {"a_by": by, "a_gagree": "yes", "a_agree": "yes" if random.random() < 0.95 else "no"}


def self_share(*, is_woman: bool, is_old: bool) -> float:
    """How often an adult who was not met at the door answers in person."""
    return 0.55 + 0.12 * is_woman + 0.12 * is_old


def _goes(number: int, who: dict[str, str], *, is_18: bool) -> bool:
    """a_go of the form."""
    if not who or who["a_by"] == "nobody":
        return False
    if not is_18:
        return who.get("a_gagree") == "yes" and who.get("a_agree") == "yes"
    return who["a_by"] == "proxy" or number == 1 or who.get("a_agree") == "yes"


def _full(row: Row, *, is_18: bool, random: Random) -> dict[str, str]:
    out = {name: row[name] for name in FULL if row[name] != ""}
    wants = row["a_help"] not in {"", "none", "dk", "ref"}
    out["a_wants"] = "1" if wants else "0"
    if wants:
        out["a_helpch"] = row["a_helpch"]
        if is_18:
            out["a_cons_contact"] = row["a_cons_contact"]
            if row["a_cons_contact"] == "yes":
                # 030… numbers are given to nobody.
                out["a_tel"] = f"030{random.integers(10_000_000):07d}"
    return out


def _household(row: Row) -> dict[str, str]:
    names = ("hh_net", "hh_signal", "hh_biz", "hh_qr", "hh_poor", "hh_team")
    out = {name: str(row[name]) for name in names if row.get(name, "") != ""}
    return out | ({"int_lang": "vi", "int_priv": "no"} if row else {})
