"""Who is behind the figures of a run: kept so that a later run can be compared person by person.

Per kind of row: a hash of each record (and line), its domain of every kind, and one bit for each
indicator: answered or not. A cell is then "answered and in the domain", whatever their number. The
file never leaves the worker: no page, no /api and no list of files knows of it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.arrays import BoolArray, IntArray
from analysis.indices.definition import Definition, Kind, Missing, Weight
from surveys.results.cells import DOMAIN_TYPES
from surveys.results.extract import RoundFrames
from surveys.results.recipes import LINE, Weighted

NOWHERE: Final = ""
PERSON: Final = b"khaosat person"


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """One kind of row: `key` of each (ascending), its domain by kind, who answered what.

    `answered` is by indicator and, after a bar, category.
    """

    key: IntArray
    domain: Mapping[str, np.ndarray[Any, Any]]
    answered: Mapping[str, BoolArray]


Membership = Mapping[str, People]  # by the weight of the rows


def membership(
    found: RoundFrames,
    weighted: Mapping[Weight, Weighted],
    definitions: Iterable[Definition],
) -> Membership:
    """Everybody who is behind the figures of a run."""
    by_weight: dict[Weight, list[Definition]] = {}
    for each in definitions:
        by_weight.setdefault(each.weight, []).append(each)
    return {
        weight.value: _people(found, weight, weighted[weight], held)
        for weight, held in by_weight.items()
        if weight in weighted
    }


def name_of(indicator: str, category: str = "") -> str:
    return f"{indicator}|{category}"


def to_bytes(kept: Membership) -> bytes:
    """A zip of arrays; equal people give equal bytes."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    for weight, people in kept.items():
        arrays[f"{weight}/key"] = people.key
        for kind, domain in people.domain.items():
            arrays[f"{weight}/in/{kind}"] = domain
        for name, answered in people.answered.items():
            arrays[f"{weight}/answered/{name}"] = np.packbits(answered)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(arrays):
            one = io.BytesIO()
            np.save(one, arrays[name], allow_pickle=False)
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, one.getvalue())
    return target.getvalue()


def from_bytes(content: bytes) -> Membership:
    """What `to_bytes` wrote; raises ValueError or zipfile.BadZipFile for anything else."""
    parts: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        for name in file.namelist():
            weight, _, rest = name.partition("/")
            array = np.load(io.BytesIO(file.read(name)), allow_pickle=False)
            parts.setdefault(weight, {})[rest] = array
    return {weight: _read(held) for weight, held in parts.items()}


def _read(held: Mapping[str, np.ndarray[Any, Any]]) -> People:
    key = held["key"]
    return People(
        key,
        {name[3:]: array for name, array in held.items() if name.startswith("in/")},
        {
            name[9:]: np.unpackbits(array, count=len(key)).astype(bool)
            for name, array in held.items()
            if name.startswith("answered/")
        },
    )


def _people(
    found: RoundFrames, weight: Weight, source: Weighted, definitions: Iterable[Definition]
) -> People:
    frame = source.frame
    form = found.satisfaction if weight is Weight.RESPONDENT else found.digital
    cases = None if form is None else form.cases.set_index("household")["submission"]
    record = frame["household"].map(cases) if cases is not None else frame["household"]
    line = frame[LINE] if LINE in frame else pd.Series(0.0, index=frame.index)
    # two of one number in one record are told apart by their order
    twin = pd.Series(0, index=frame.index).groupby([record, line]).cumcount()
    key = np.array(
        [_hash(f"{a}|{b}|{c}") for a, b, c in zip(record, line, twin, strict=True)],
        dtype=np.int64,
    )
    order = np.argsort(key, kind="stable")
    counted = np.asarray(source.design.weights != 0)
    answered = {
        name: (rows & counted)[order]
        for each in definitions
        for name, rows in _answered(frame, each).items()
    }
    domain = {
        each.name: frame[each.column]
        .where(frame[each.column].notna(), NOWHERE)
        .astype(str)
        .to_numpy(dtype=np.str_)[order]
        for each in DOMAIN_TYPES
        if each.column is not None and each.column in frame
    }
    return People(key[order], domain, answered)


def _answered(frame: pd.DataFrame, definition: Definition) -> Mapping[str, BoolArray]:
    """Whose answers a figure is made of, by category."""
    base = frame[definition.base.id].eq(1).to_numpy()
    if definition.kind is Kind.CATEGORIES:
        return {
            name_of(definition.id, category.id): base & frame[column].notna().to_numpy()
            for category, column in zip(definition.categories, definition.columns, strict=True)
        }
    known = frame[list(definition.columns)].notna().to_numpy()
    is_all = definition.kind is Kind.INDEX and definition.missing is Missing.ALL
    return {name_of(definition.id): base & (known.all(axis=1) if is_all else known.any(axis=1))}


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=PERSON).digest()
    return int.from_bytes(digest, "big", signed=True)
