"""Form B recoded: respondents with their indicators as columns of 0, 1 and NaN."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from analysis.indicators.digital import NOTHING_OWN, age_groups
from analysis.indicators.table import CATALOGUE
from analysis.indices.answers import answer, number, says
from analysis.indices.catalogue import Catalogue
from analysis.indices.recode import Columns, Table, recoded

TRIPS: Final = ("t1", "t2", "t3", "t4")
ON_TIME: Final = ("once", "early", "on")
OFFICES: Final = {"commune": ("commune",), "province": ("province",), "other": ("police", "other")}


def respondents(frame: pd.DataFrame, own: Catalogue = NOTHING_OWN) -> pd.DataFrame:
    """Recode the respondents of form B.

    Parameters
    ----------
    frame : DataFrame
        One row per completed interview; columns are question names (`used`, `f1_1`, `overall` …).
        A missing column counts as a question that nobody was asked.
    own : definitions that the round brings itself (`table.read_own`).

    Returns
    -------
    DataFrame
        Same rows and index: `sex`, `age_group`, bases as 0/1, per item `item_sat_<item>` (1 for 4
        or 5, 0 for 1–3, NaN for na, dk, ref, not asked), `mean_score_<item>` and `na_<item>` (share
        of "does not apply" among the answers), and the other indicators of
        `definitions/satisfaction.toml`.

    Examples
    --------
    >>> two = pd.DataFrame({"used": ["self", "self"], "f1_1": ["3", "na"]})
    >>> respondents(two)[["item_sat_f1_1", "na_f1_1"]].values.tolist()
    [[0.0, 0.0], [nan, 1.0]]
    """
    bases = _bases(frame)
    columns: Columns = {**bases, "on_time_self": _on_time(frame).where(bases["due"].eq(1))}
    columns |= recoded(frame, columns, CATALOGUE.of(Table.RESPONDENTS))
    columns |= recoded(frame, columns, own.of(Table.RESPONDENTS))
    for item in (*CATALOGUE.items.values(), *own.items.values()):
        asked = columns[item.base.id].eq(1)
        columns[f"na_{item.id}"] = says(frame, item.question, "na").where(asked)
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


def _on_time(frame: pd.DataFrame) -> pd.Series[Any]:
    got = answer(frame, "svc_got")
    when = answer(frame, "svc_ontime").where(got.eq("yes"), answer(frame, "svc_due"))
    return when.isin(ON_TIME).astype(float).where(when.notna())


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
