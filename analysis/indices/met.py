"""Reading what an indicator is met by: the fields of `met`, `[column.…]` and of a base."""

from __future__ import annotations

from analysis.indices.entries import Entry
from analysis.indices.recode import Recode, Table, Way

WAYS = ("is", "has", "number", "all", "any", "mean")
FIELDS = ("question", "among", "reversed", "zero_where", "missing_zero_where", "only")


def read_met(
    entry: Entry,
    column: str,
    table: Table,
    *,
    times: float = 1.0,
    is_base: bool = False,
    has_bounds: bool = False,
) -> Recode | None:
    """The recode of one column, or None with the problem noted."""
    entry.asked.update(FIELDS)
    ways = [name for name in WAYS if entry.has(name)]
    if len(ways) != 1:
        listed = ", ".join(WAYS)
        entry.wrong("", f"phải có đúng một trong: {listed}", f"must have exactly one of {listed}")
        return None
    way = Way(ways[0])
    question = "" if way.is_composite else entry.text("question", is_needed=True)
    codes, of, weights = _operands(entry, way)
    found = Recode(
        column,
        table,
        way,
        question=question,
        codes=codes,
        among=entry.texts("among"),
        of=of,
        weights=weights,
        is_reversed=entry.flag("reversed"),
        zero_where=entry.text("zero_where"),
        missing_zero_where=entry.text("missing_zero_where"),
        only=entry.text("only"),
        times=times,
        is_base=is_base,
        has_bounds=has_bounds,
    )
    if found.is_reversed and way is Way.NUMBER:
        entry.wrong("reversed", "không dùng với number", "does not go with number")
    return found


def _operands(entry: Entry, way: Way) -> tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]:
    if way is Way.IS:
        return entry.texts("is"), (), ()
    if way is Way.HAS:
        code = entry.text("has")
        return (code,) if code else (), (), ()
    if way is Way.NUMBER:
        if not entry.flag("number"):
            entry.wrong("number", "chỉ có number = true", "is number = true or left out")
        return (), (), ()
    if way is Way.MEAN:
        shares = entry.weights("mean")
        total = sum(shares.values())
        if not shares or any(share < 0 for share in shares.values()) or total <= 0:
            entry.wrong("mean", "cần trọng số dương", "needs weights above zero")
            return (), (), ()
        return (), tuple(shares), tuple(share / total for share in shares.values())
    return (), entry.texts(way.value), ()
