"""Commune codes as files carry them: numbers, spaces, quotes, province numbers before them."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from maps.boundary_placing import KnownUnit
from maps.boundary_report import Finding, Kind, finding

LONGEST = 5
SAME_AT_MOST = 4  # rows a commune, on average
_EMPTY = frozenset({"nan", "none", "null", "<na>", "-", "#n/a"})


@dataclass(frozen=True, slots=True)
class Codes:
    """One five-digit code a row, empty for none, and what was done to them."""

    texts: tuple[str, ...]
    findings: tuple[Finding, ...]


def code_text(value: object) -> str:
    """A code as text: 6970, 6970.0, "06 970" and "'06970" lose nothing but their dress.

    Parameters
    ----------
    value
        What the file's column holds.

    Returns
    -------
    str
        Digits as they came (not yet padded); empty for none; other texts stay as they are.

    Example
    -------
    >>> code_text(6970.0), code_text("6.970"), code_text("6.970e+03"), code_text("6.9e3")
    ('6970', '6970', '6970', '6.9e3')
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    text = unicodedata.normalize("NFKC", str(value)).strip("\ufeff\u200b '\"`")
    text = re.sub(r"\s", "", text)
    if text.lower() in _EMPTY:
        return ""
    if re.fullmatch(r"\d{1,2}[.,]\d{3}", text):  # a separator of thousands
        return re.sub(r"[.,]", "", text)
    if re.fullmatch(r"\d\.\d+[eE]\+?0?\d", text):
        return _written_out(text)
    return re.sub(r"\.0+$", "", text)


def _written_out(text: str) -> str:
    """1.6228e+04 is 16228; 1.6e4 has lost its end and stays what it is."""
    mantissa, exponent = re.split("[eE]", text)
    digits = mantissa.replace(".", "")
    return digits[: int(exponent) + 1] if len(digits) >= int(exponent) + 1 else text


def commune_code(value: object, known: Mapping[str, KnownUnit]) -> str:
    """The five-digit code that a value means; a province number or letters before it go.

    Parameters
    ----------
    value
        What the file's column holds.
    known
        The code list of the day.

    Returns
    -------
    str
        As the list writes it, where the list has it; else padded to five digits.

    Example
    -------
    >>> list_ = {"05977": KnownUnit("Tam Thanh", "20")}
    >>> commune_code("20-05977", list_), commune_code(5977, list_), commune_code("X (05977)", list_)
    ('05977', '05977', '05977')
    """
    text = code_text(value)
    if not text or text.zfill(LONGEST) in known:
        return text.zfill(LONGEST) if text else ""
    said: set[str] = {each for each in re.findall(r"(?<!\d)\d{5}(?!\d)", text) if each in known}
    if len(said) == 1:
        return said.pop()
    if said:  # two communes: nobody can say which of them the row is
        return text
    whole = re.fullmatch(r"(\d{2})[\d.\-_/]*?(\d{5})", text)
    if whole and whole[2] in known and known[whole[2]].province == whole[1]:
        return whole[2]
    return text.zfill(LONGEST)


def codes_of(values: "pd.Series[Any]", known: Mapping[str, KnownUnit]) -> Codes:
    """The codes of a column, with what had to be put right.

    Parameters
    ----------
    values
        The column as the file has it.
    known
        The code list of the day.

    Returns
    -------
    Codes
    """
    said = [code_text(value) for value in values]
    texts = tuple(commune_code(value, known) for value in values)
    pairs = list(zip(said, texts, strict=True))
    padded = {full for short, full in pairs if short != full == short.zfill(LONGEST)}
    cut = {full for long, full in pairs if full != long.zfill(LONGEST) and full}
    empty = texts.count("")
    findings = (
        *finding(Kind.CODES_PADDED, padded),
        *finding(Kind.CODES_CUT, cut),
        *((Finding(Kind.CODES_EMPTY, empty),) if empty else ()),
    )
    return Codes(texts, findings)


def share_known(values: Iterable[object], known: Mapping[str, KnownUnit]) -> float:
    """The share of a column's values that are codes of the list.

    Parameters
    ----------
    values
        A column.
    known
        The code list of the day.

    Returns
    -------
    float
        From 0 to 1.

    Example
    -------
    >>> share_known([5977, "x"], {"05977": KnownUnit("Tam Thanh")})
    0.5
    """
    texts = [commune_code(value, known) for value in values]
    if len(set(texts)) * SAME_AT_MOST < len(texts):
        return 0.0  # a year, a district: numbers that happen to be codes too
    return sum(text in known for text in texts) / max(len(texts), 1)
