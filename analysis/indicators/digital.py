"""Form A recoded: persons and households with their indicators as columns of 0, 1 and NaN."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.indicators.ladder import first_gap
from analysis.indicators.table import CATALOGUE
from analysis.indices.answers import answer, has_code, is_code, number, where_true
from analysis.indices.catalogue import Catalogue
from analysis.indices.recode import Columns, Table, recoded

NOTHING_OWN: Final = Catalogue.empty()
CORE: Final = ("a_phone", "a_net3m", "a_bank", "a_wallet", "a_vneid")
AGE_GROUPS: Final = ("15-17", "18-29", "30-44", "45-59", "60+")
_BANDS: Final = {
    "b15": "15-17",
    "b18": "18-29",
    "b30": "30-44",
    "b45": "45-59",
    "b60": "60+",
}
_EDGES: Final = [-np.inf, 14, 17, 29, 44, 59, np.inf]


def age_groups(age: pd.Series[Any]) -> pd.Series[Any]:
    """Age in years to the groups of the benchmarks; under 15 and unknown become None.

    Examples
    --------
    >>> age_groups(pd.Series([14, 15, 29, 30, 61, np.nan])).tolist()
    [None, '15-17', '18-29', '30-44', '60+', None]
    """
    groups = pd.cut(age, _EDGES, labels=["0-14", *AGE_GROUPS]).astype(object)
    return groups.where(groups.isin(AGE_GROUPS), None)


def persons(frame: pd.DataFrame, own: Catalogue = NOTHING_OWN) -> pd.DataFrame:
    """Recode the persons aged 15 or over of form A.

    Parameters
    ----------
    frame : DataFrame
        One row per member aged 15 or over, answered or not: columns are question names of the
        roster and of the person block (`m_sex`, `m_age`, `m_band`, `m_a18`, `a_by`, `a_go`,
        `a_phone` …). A missing column counts as a question that nobody was asked.
    own : definitions that the round brings itself (`table.read_own`).

    Returns
    -------
    DataFrame
        Same rows and index: `sex`, `age_group`, `is_adult`, `is_self`, `persons_15` (1 if the
        core block was asked and something was answered; else the person is a non-respondent), the
        other bases as 0/1, every person indicator of `definitions/digital.toml`, composites with
        `_low` and `_high`.

    Examples
    --------
    >>> one = pd.DataFrame({"m_age": [40], "m_a18": ["1"], "a_by": ["proxy"], "a_go": ["1"],
    ...     "a_phone": ["smart"], "a_net3m": ["yes"], "a_bank": ["no"], "a_wallet": ["yes"],
    ...     "a_vneid": ["own"]})
    >>> persons(one)[["equipped", "self_15"]].iloc[0].tolist()
    [1.0, 0.0]
    """
    out = _who(frame)
    columns = recoded(frame, _series(out), CATALOGUE.of(Table.PERSONS))
    columns |= first_gap(frame, columns)
    columns |= recoded(frame, _series(out) | columns, own.of(Table.PERSONS))
    return pd.concat([out, pd.DataFrame(columns, index=frame.index)], axis=1)


def households(
    frame: pd.DataFrame,
    people: pd.DataFrame,
    household: pd.Series[Any],
    own: Catalogue = NOTHING_OWN,
) -> pd.DataFrame:
    """Recode the households of form A.

    Parameters
    ----------
    frame : DataFrame
        One row per household; the index is the household id. Columns: `hh_biz`, `hh_qr` …
    people : DataFrame
        What `persons` returned for all members aged 15 or over of these households.
    household : Series
        The household id of each row of `people`.
    own : definitions that the round brings itself.

    Returns
    -------
    DataFrame
        Same rows and index, with `households_18`, `shops`, `equipped_hh` (and bounds), `shop_qr`.
        A member who was not asked counts as a missing component.

    Examples
    --------
    >>> home = pd.DataFrame({"hh_biz": ["yes"], "hh_qr": ["dk"]}, index=["h1"])
    >>> nobody = persons(pd.DataFrame({"m_a18": []}))
    >>> households(home, nobody, pd.Series([], dtype=object)).loc["h1", "shops"].item()
    1.0
    """
    adults = people[where_true(people["is_adult"])]
    of = household.loc[adults.index]
    asked = where_true(adults["persons_15"])
    low = adults["equipped_low"].where(asked, 0.0).groupby(of).max()
    high = adults["equipped_high"].where(asked, 1.0).groupby(of).max()
    known = (adults["equipped"].notna() & asked).groupby(of).all()
    has_adult = pd.Series(frame.index.isin(of.unique()), index=frame.index)
    low, high = low.reindex(frame.index), high.reindex(frame.index)
    columns = {
        "households_18": has_adult.astype(float),
        "shops": is_code(frame, "hh_biz", "yes").fillna(0.0),
        "equipped_hh": low.where(known.reindex(frame.index).eq(other=True)),
        "equipped_hh_low": low,
        "equipped_hh_high": high,
    }
    columns |= recoded(frame, columns, CATALOGUE.of(Table.HOUSEHOLDS))
    columns |= recoded(frame, columns, own.of(Table.HOUSEHOLDS))
    return pd.DataFrame(columns, index=frame.index)


def _series(frame: pd.DataFrame) -> Columns:
    return {str(name): frame[name] for name in frame.columns}


def _who(frame: pd.DataFrame) -> pd.DataFrame:
    """Sex, age group, bases: who the person is and what he or she was asked."""
    age = number(frame, "m_age")
    bands = answer(frame, "m_band").map(_BANDS.get)
    groups = age_groups(age).where(age.notna(), bands)
    answered = np.logical_or.reduce([_touched(frame, name) for name in CORE])
    asked = pd.Series(answered, index=frame.index) & number(frame, "a_go").eq(1)
    adult = number(frame, "m_a18").eq(1)
    is_self = asked & answer(frame, "a_by").eq("self")
    need, who = is_code(frame, "a_need", "yes"), answer(frame, "a_who")
    fee = answer(frame, "a_fee")
    flags = {
        "is_adult": adult,
        "is_self": is_self,
        "persons_15": asked,
        "persons_18": asked & adult,
        "self_15": is_self,
        "self_18": is_self & adult,
        "filers": is_self & need.eq(1) & who.ne("nobody"),
        "payers": is_self & fee.notna() & fee.ne("nofee"),
        "not_alone_18": is_self & adult & answer(frame, "a_how").ne("alone"),
        "wanters_18": is_self & adult & has_code(frame, "a_help", "none").eq(0),
    }
    out = pd.DataFrame({name: flag.astype(float) for name, flag in flags.items()})
    sex = answer(frame, "m_sex")
    return out.assign(sex=sex.where(sex.notna(), "ref"), age_group=groups)


def _touched(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Whether anything stands there; `dk` is an answer of a person who took part."""
    if name not in frame.columns:
        return pd.Series(data=False, index=frame.index)
    return (
        frame[name].map(lambda value: isinstance(value, str) and bool(value.strip())).eq(other=True)
    )
