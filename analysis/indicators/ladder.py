"""first_gap: the first missing step of a person, and what the equipped have done so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators.table import TABLE
from analysis.indices.answers import answer, is_code

Components = Mapping[str, "pd.Series[Any]"]
CORE: Final = ("smartphone_own", "net_3m", "vneid_level2", "bank_account", "wallet")


def first_gap(frame: pd.DataFrame, columns: Components) -> dict[str, pd.Series[Any]]:
    """The ladder as one 0/1/NaN column a category, each with its bounds.

    Parameters
    ----------
    frame : persons of form A.
    columns : those of CORE as 0/1/NaN.

    Returns
    -------
    dict
        `first_gap__<category>`, known where all five core answers are (and, for the equipped, how
        the paperwork was done); `…_low`: the category is certain whatever the missing answers
        were; `…_high`: it is possible. So the shares of the four gaps and of the equipped have one
        base, and a known first failure settles its category in the bounds.

    Examples
    --------
    >>> one = pd.DataFrame({"a_need": [None]})
    >>> no, unknown = pd.Series([0.0]), pd.Series([np.nan])
    >>> core = dict.fromkeys(CORE, no) | {"net_3m": unknown}
    >>> rungs = first_gap(one, core)
    >>> [rungs["first_gap__phone" + end].item() for end in ("", "_low", "_high")]
    [nan, 1.0, 1.0]
    """
    core = {name: columns[name] for name in CORE}
    certain = _rungs({name: column.fillna(0.0) for name, column in core.items()})
    possible = _rungs({name: column.fillna(1.0) for name, column in core.items()})
    known = np.logical_and.reduce([column.notna() for column in core.values()])
    low, high = _gaps(certain, possible)
    done = _done(frame)
    for name, may in _may(frame, done).items():
        low[name] = certain["all"] * done.eq(name)
        high[name] = possible["all"] * may
    settled = pd.Series(known, index=frame.index) & (certain["all"].eq(0) | done.notna())
    out: dict[str, pd.Series[Any]] = {}
    for gap in TABLE["first_gap"].categories:
        column = f"first_gap__{gap.id}"
        out[column] = low[gap.id].astype(float).where(settled)
        out[f"{column}_low"] = low[gap.id].astype(float)
        out[f"{column}_high"] = high[gap.id].astype(float)
    return out


def _rungs(filled: Components) -> dict[str, pd.Series[Any]]:
    """How far a person certainly (or possibly) gets: each rung stands on those before it."""
    account = pd.concat([filled["bank_account"], filled["wallet"]], axis=1).max(axis=1)
    phone = filled["smartphone_own"]
    internet = phone * filled["net_3m"]
    vneid = internet * filled["vneid_level2"]
    return {
        "net": filled["net_3m"],
        "vneid": filled["vneid_level2"],
        "account": account,
        "to_phone": phone,
        "to_internet": internet,
        "to_vneid": vneid,
        "all": vneid * account,
    }


def _gaps(
    sure: dict[str, pd.Series[Any]], may: dict[str, pd.Series[Any]]
) -> tuple[dict[str, pd.Series[Any]], dict[str, pd.Series[Any]]]:
    """Lower and upper columns of the four gaps: passed all before, failed here."""
    low = {
        "phone": 1 - may["to_phone"],
        "internet": sure["to_phone"] * (1 - may["net"]),
        "vneid": sure["to_internet"] * (1 - may["vneid"]),
        "account": sure["to_vneid"] * (1 - may["account"]),
    }
    high = {
        "phone": 1 - sure["to_phone"],
        "internet": may["to_phone"] * (1 - sure["net"]),
        "vneid": may["to_internet"] * (1 - sure["vneid"]),
        "account": may["to_vneid"] * (1 - sure["account"]),
    }
    return low, high


def _done(frame: pd.DataFrame) -> pd.Series[Any]:
    """What an equipped person has done, None where the answers do not say."""
    need = is_code(frame, "a_need", "yes")
    who, how = answer(frame, "a_who"), answer(frame, "a_how")
    done = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    done = done.mask(how.isin(["paper"]) | who.eq("nobody"), "equipped_not_tried")
    done = done.mask(how.isin(["guided", "other"]), "helped_online")
    done = done.mask(how.eq("alone") & who.eq("self"), "done_alone")
    done = done.where(need.eq(1), None)
    return done.mask(need.eq(0), "no_need")


def _may(frame: pd.DataFrame, done: pd.Series[Any]) -> dict[str, pd.Series[Any]]:
    """1 where the category cannot be ruled out."""
    open_need = is_code(frame, "a_need", "yes").isna()
    unknown = done.isna()
    return {
        name: (done.eq(name) | (unknown if name != "no_need" else unknown & open_need)).astype(
            float
        )
        for name in ("done_alone", "helped_online", "no_need", "equipped_not_tried")
    }
