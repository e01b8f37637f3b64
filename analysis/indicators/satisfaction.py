"""Form B recoded: respondents with their indicators as columns of 0, 1 and NaN."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from analysis.indicators.digital import age_groups
from analysis.indicators.satisfaction_items import FACTORS, ITEMS
from analysis.indices.answers import answer, is_code, number

STEPS: Final = ("1", "2", "3", "4", "5")
TRIPS: Final = ("t1", "t2", "t3", "t4")
ON_TIME: Final = ("once", "early", "on")
OFFICES: Final = {"commune": ("commune",), "province": ("province",), "other": ("police", "other")}


def respondents(frame: pd.DataFrame) -> pd.DataFrame:
    """Recode the respondents of form B.

    Parameters
    ----------
    frame : DataFrame
        One row per completed interview; columns are question names (`used`, `f1_1`, `overall` …).
        A missing column counts as a question that nobody was asked.

    Returns
    -------
    DataFrame
        Same rows and index: `sex`, `age_group`, bases as 0/1, per item `item_sat_<item>` (1 for 4
        or 5, 0 for 1–3, NaN for na, dk, ref, not asked), `mean_score_<item>` and `na_<item>` (share
        of "does not apply" among the answers), the same items within users of one kind of office
        (`item_sat_<item>_commune` …), and the other indicators of `satisfaction_table`.

    Examples
    --------
    >>> two = pd.DataFrame({"used": ["self", "self"], "f1_1": ["3", "na"]})
    >>> respondents(two)[["item_sat_f1_1", "na_f1_1"]].values.tolist()
    [[0.0, 0.0], [nan, 1.0]]
    """
    bases = _bases(frame)
    columns: dict[str, pd.Series[Any]] = {**bases}
    for item in ITEMS:
        asked = bases[item.base.id].eq(1)
        columns[f"item_sat_{item.name}"] = _satisfied(frame, item.name).where(asked)
        columns[f"mean_score_{item.name}"] = _steps(frame, item.name).where(asked)
        columns[f"na_{item.name}"] = _not_applicable(frame, item.name).where(asked)
    know = is_code(frame, "f5_know", "yes")
    columns["voice_know"] = know
    columns["voice_know_users"] = know.where(bases["users"].eq(1))
    columns |= _within_offices(columns, bases)
    for factor in FACTORS:
        columns[f"factor_{factor.number}_overall"] = columns[f"item_sat_f{factor.number}_0"]
    columns["sat_overall"] = columns["item_sat_overall"]
    columns |= _experience(frame, bases)
    out = pd.DataFrame(columns, index=frame.index)
    sex = answer(frame, "r_sex")
    return out.assign(sex=sex.where(sex.notna(), "ref"), age_group=age_groups(_age(frame)))


def _bases(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    user = answer(frame, "used").eq("self")
    office = answer(frame, "svc_office")
    got, ontime, due = (answer(frame, name) for name in ("svc_got", "svc_ontime", "svc_due"))
    dated = (got.eq("yes") & ontime.ne("nodate")) | (
        got.eq("no") & ~due.isin(["pending", "nodate"])
    )
    flags = {
        "adults": pd.Series(data=True, index=frame.index),
        "users": user,
        "senders": answer(frame, "f5_sent").eq("yes"),
        "went": user & answer(frame, "svc_trips").isin(TRIPS),
        "due": user & dated,
        **{f"users_{name}": user & office.isin(codes) for name, codes in OFFICES.items()},
    }
    return {name: flag.astype(float) for name, flag in flags.items()}


def _steps(frame: pd.DataFrame, item: str) -> pd.Series[Any]:
    code = answer(frame, item)
    return pd.to_numeric(code.where(code.isin(STEPS)), errors="coerce").astype(float)


def _satisfied(frame: pd.DataFrame, item: str) -> pd.Series[Any]:
    steps = _steps(frame, item)
    return steps.ge(4).astype(float).where(steps.notna())


def _not_applicable(frame: pd.DataFrame, item: str) -> pd.Series[Any]:
    if item not in frame.columns:
        return pd.Series(float("nan"), index=frame.index)
    said = frame[item].map(lambda value: value if isinstance(value, str) and value else None)
    return said.eq("na").astype(float).where(said.notna())


def _within_offices(
    columns: dict[str, pd.Series[Any]], bases: dict[str, pd.Series[Any]]
) -> dict[str, pd.Series[Any]]:
    """The parts of sat_users for users of one kind of office."""
    names = [f"item_sat_{item}" for factor in FACTORS for item in factor.items]
    return {
        f"{name}_{office}": columns[name].where(bases[f"users_{office}"].eq(1))
        for name in (*names, "voice_know_users")
        for office in OFFICES
    }


def _experience(frame: pd.DataFrame, bases: dict[str, pd.Series[Any]]) -> dict[str, pd.Series[Any]]:
    users, went, due = (bases[name].eq(1) for name in ("users", "went", "due"))
    arm = answer(frame, "arm")
    got = answer(frame, "svc_got")
    when = answer(frame, "svc_ontime").where(got.eq("yes"), answer(frame, "svc_due"))
    on_time = when.isin(ON_TIME).astype(float).where(when.notna())
    return {
        "extra_paid": is_code(frame, "pay_x", "asked", "own").where(users),
        "extra_hinted": is_code(frame, "pay_x", "hint", "asked").where(users),
        "list_a_count": number(frame, "list_a").where(users & arm.eq("A")),
        "list_b_count": number(frame, "list_b").where(users & arm.eq("B")),
        "wait_30": is_code(frame, "svc_wait", "w30", "w60").where(went),
        "on_time_self": on_time.where(due),
    }


def _age(frame: pd.DataFrame) -> pd.Series[Any]:
    """Age by birth year; the drawn person's listed year where the respondent gave none."""
    born = number(frame, "r_by")
    born = born.where(born.notna(), number(frame, "sel_by"))
    today = frame["today"] if "today" in frame.columns else pd.Series([None] * len(frame))
    year = pd.to_numeric(
        pd.Series([str(day)[:4] if day is not None else None for day in today], index=frame.index),
        errors="coerce",
    )
    return year - born
