"""Sums by DuckDB: over Parquet larger than memory, or any query. Needs `khaosat[duckdb]`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from analysis.cells import LOOKED_AT
from analysis.errors import AnalysisError
from analysis.scale.frames import levels_of
from analysis.scale.plan import Item, Kind, Plan, Value, parts_of

NUMBERS = ("INT", "DECIMAL", "FLOAT", "DOUBLE", "REAL", "NUMERIC")


@dataclass(frozen=True, slots=True, eq=False)
class DuckRows:
    """A DuckDB relation: files, a table or a query. New columns are made in the query.

    Examples
    --------
    >>> rows = DuckRows(duckdb.sql("SELECT 1 AS village, 2.5 AS w, 31 >= 18 AS adult"))
    >>> rows.kind("adult")
    <Kind.BOOLEAN: 'boolean'>
    """

    relation: duckdb.DuckDBPyRelation

    def kind(self, column: str) -> Kind:
        types = dict(zip(self.relation.columns, self.relation.types, strict=True))
        if column not in types:
            raise AnalysisError(f"there is no column {column!r} in the data")
        name = str(types[column]).upper()
        if name == "BOOLEAN":
            return Kind.BOOLEAN
        # UINTEGER, HUGEINT and DECIMAL(9,2) are numbers, INTERVAL and ENUM('INT') are none
        is_number = any(word in name.split("(")[0] for word in NUMBERS) and "INTERVAL" not in name
        return Kind.NUMBER if is_number else Kind.OTHER

    def levels(self, column: str, limit: int) -> list[Value]:
        name = identifier(column)
        found = self._run(
            f"SELECT DISTINCT {name} AS level FROM source WHERE {name} IS NOT NULL "  # noqa: S608 # quoted
            f"ORDER BY 1 LIMIT {limit + 1}"
        )
        return levels_of(found["level"], limit)

    def sample(self, columns: Sequence[str]) -> pd.DataFrame:
        wanted = ", ".join(identifier(name) for name in columns)
        return self._run(f"SELECT {wanted} FROM source LIMIT {LOOKED_AT}")  # noqa: S608 # quoted

    def sums(self, plan: Plan) -> pd.DataFrame:
        return self._run(query(plan))

    def _run(self, sql: str) -> pd.DataFrame:
        try:
            answer = self.relation.query("source", sql)
            assert answer is not None  # a SELECT has an answer
            found: pd.DataFrame = answer.to_df()
        except duckdb.Error as problem:
            raise AnalysisError(f"DuckDB: {str(problem).splitlines()[0]}") from problem
        return found


def parquet(
    files: str | Path | Sequence[str | Path], *, memory: str = "1GB", threads: int | None = None
) -> DuckRows:
    """Parquet files (names or patterns), read with at most so much memory.

    Raises
    ------
    AnalysisError
        No such file, or it is no Parquet.
    """
    several = [files] if isinstance(files, str | Path) else files
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory}
    if threads is not None:
        config["threads"] = threads
    try:
        connection = duckdb.connect(config=config)
        return DuckRows(connection.read_parquet([str(each) for each in several]))
    except duckdb.Error as problem:
        raise AnalysisError(f"DuckDB: {str(problem).splitlines()[0]}") from problem


def identifier(name: str) -> str:
    """A column name that cannot be read as anything else."""
    if "\0" in name:
        raise AnalysisError(f"column name {name!r} holds a null character")
    return 'source."' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value inside a statement."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return f"({float(value)!r})::DOUBLE"
    if isinstance(value, str) and "\0" not in value:
        return "'" + value.replace("'", "''") + "'"
    raise AnalysisError(f"{value!r} cannot be looked for in a database; give text or a number")


def query(plan: Plan) -> str:
    """The one statement that answers a plan: a SELECT with a GROUP BY over all keys."""
    keys = ", ".join(f"{identifier(name)} AS key_{at}" for at, name in enumerate(plan.keys))
    inner = [keys, f"{_number(plan.weights)} AS raw_w", f"{_inside(plan)} AS is_inside"]
    if plan.before is not None:
        inner.append(f"{_number(plan.before)} AS d")
    if plan.fpc is not None:
        inner.append(f"{_number(plan.fpc)} AS fpc")
    for at, item in enumerate(plan.items):
        inner.append(f"{_y(item)} AS y_{at}")
        if item.below is not None:
            inner.append(f"{_number(item.below)} AS x_{at}")
    outer = [f"key_{at}" for at in range(len(plan.keys))]
    sums = _sums(plan)
    outer += [f"{sums[name]} AS {name}" for name in parts_of(plan)]
    if plan.fpc is not None:
        outer += ["min(fpc) AS least", "max(fpc) AS most"]
    groups = ", ".join(f"key_{at}" for at in range(len(plan.keys)))
    return (
        f"WITH plain AS (SELECT {', '.join(inner)} FROM source), "  # noqa: S608 # names are quoted
        "weighed AS (SELECT *, coalesce(raw_w, 0) AS w FROM plain) "
        f"SELECT {', '.join(outer)} FROM weighed GROUP BY {groups}"
    )


def _sums(plan: Plan) -> dict[str, str]:
    found = {
        "rows": _count("TRUE"),
        "bad": _count("raw_w IS NULL OR isinf(raw_w)"),
        "negative": _count("w < 0"),
        "weight": "sum(w)",
        "inside": _count("is_inside"),
        "members": _count("is_inside AND w <> 0"),
        "before": "sum(d)",
    }
    known = [_known(at, item) for at, item in enumerate(plan.items)]
    if plan.is_listwise:
        known = [" AND ".join(known)] * len(known)
    for at, item in enumerate(plan.items):
        answers = f"is_inside AND {known[at]}"
        x = "1" if item.below is None else f"x_{at}"
        e = f"(y_{at} - {literal(item.centre)} * {x})" if item.centre else f"y_{at}"
        terms = {"w": "w", "ww": "w * w", "e": f"w * {e}", "ee": f"w * {e} * {e}"}
        terms |= {"x": f"w * {x}", "ex": f"w * {e} * {x}", "xx": f"w * {x} * {x}"}
        terms |= {"d": "d", "de": f"d * {e}", "dx": f"d * {x}"}
        found[f"answers_{at}"] = _count(answers)
        found[f"n_{at}"] = _count(f"{answers} AND w <> 0")
        for kind, term in terms.items():
            found[f"{kind}_{at}"] = f"coalesce(sum({term}) FILTER (WHERE {answers}), 0)"
    return found


def _count(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})::DOUBLE"


def _known(at: int, item: Item) -> str:
    return f"y_{at} IS NOT NULL" + ("" if item.below is None else f" AND x_{at} IS NOT NULL")


def _number(column: str) -> str:
    """A column as a number; nan is missing."""
    return f"nullif({identifier(column)}::DOUBLE, 'nan'::DOUBLE)"


def _inside(plan: Plan) -> str:
    if plan.where is None:
        return "TRUE"
    name = identifier(plan.where)
    return f"coalesce({name}::DOUBLE <> 0 AND NOT isnan({name}::DOUBLE), FALSE)"


def _y(item: Item) -> str:
    if item.column is None:
        return "1::DOUBLE"
    if item.matches is None:
        return _number(item.column)
    name = identifier(item.column)
    wanted = ", ".join(literal(value) for value in item.matches)
    return f"CASE WHEN {name} IS NOT NULL THEN ({name} IN ({wanted}))::INT::DOUBLE END"
