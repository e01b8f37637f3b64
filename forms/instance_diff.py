"""What changed between two versions of a filled form, element by element."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lxml import etree

from forms.xmlsafe import local_name


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path; ``index`` counts from 0 within a repeat, and is None elsewhere."""

    name: str
    index: int | None = None


Branch = Mapping[str, "Value"]
Value = str | Branch | Sequence[Branch]


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs; None = the element is not there. A group or a repeat that came or
    went as a whole is a mapping of its elements.
    """

    path: tuple[Step, ...]
    old: str | Branch | None
    new: str | Branch | None

    @property
    def plain_path(self) -> str:
        """The path as a schema writes it, without the root and without places in repeats."""
        return "/".join(step.name for step in self.path)


def instance_diff(
    old: etree._Element, new: etree._Element, repeats: Collection[str]
) -> tuple[Change, ...]:
    """Compare two parsed instances.

    Parameters
    ----------
    old, new : what ``forms.instance.parse_instance`` gave.
    repeats : paths of the repeats below the root, such as ``"person"`` or ``"g/person"``.

    Returns
    -------
    tuple of Change
        In the order of the elements: what is in the old instance first.

    Examples
    --------
    >>> from forms.instance import parse_instance
    >>> before, after = (parse_instance(f"<d><a>{n}</a></d>".encode()) for n in (1, 2))
    >>> [(c.plain_path, c.old, c.new) for c in instance_diff(before, after, ())]
    [('a', '1', '2')]
    """
    there = frozenset(repeats)
    return tuple(_branches(_branch(old, "", there), _branch(new, "", there), ()))


def _branch(element: etree._Element, path: str, repeats: frozenset[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for child in element.iterchildren(etree.Element):
        name = local_name(child)
        below = f"{path}/{name}" if path else name
        if below in repeats:
            rows = found.setdefault(name, [])
            if isinstance(rows, list):
                rows.append(_branch(child, below, repeats))
        elif len(child):
            found[name] = _branch(child, below, repeats)
        else:
            found[name] = child.text or ""
    return found


def _branches(old: Branch, new: Branch, at: tuple[Step, ...]) -> Iterator[Change]:
    for name in [*old, *(each for each in new if each not in old)]:
        yield from _values(old.get(name), new.get(name), at, name)


def _values(
    old: Value | None, new: Value | None, at: tuple[Step, ...], name: str
) -> Iterator[Change]:
    if old == new:
        return
    if _is_repeat(old) or _is_repeat(new):
        yield from _rows(_as_rows(old), _as_rows(new), at, name)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _branches(old, new, (*at, Step(name)))
    else:
        yield Change((*at, Step(name)), _single(old), _single(new))


def _rows(
    old: Sequence[Branch], new: Sequence[Branch], at: tuple[Step, ...], name: str
) -> Iterator[Change]:
    """Rows that stand in both are found wherever they stand; of the others, pairs in order count
    as changed, and what is left over as added or removed.
    """
    keys_old, keys_new = [_key(row) for row in old], [_key(row) for row in new]
    for what, a, a_end, b, b_end in SequenceMatcher(None, keys_old, keys_new, False).get_opcodes():
        if what == "equal":
            continue
        pairs = min(a_end - a, b_end - b)
        for place in range(pairs):
            yield from _branches(old[a + place], new[b + place], (*at, Step(name, a + place)))
        for place in range(a + pairs, a_end):
            yield Change((*at, Step(name, place)), old[place], None)
        for place in range(b + pairs, b_end):
            yield Change((*at, Step(name, place)), None, new[place])


def _key(row: Branch) -> str:
    return repr(row)


def _is_repeat(value: Value | None) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _as_rows(value: Value | None) -> Sequence[Branch]:
    if value is None or isinstance(value, str):
        return ()
    return (value,) if isinstance(value, Mapping) else value


def _single(value: Value | None) -> str | Branch | None:
    return value if value is None or isinstance(value, str | Mapping) else None
