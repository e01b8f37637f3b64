"""Arguments of the wrong kind are named before anything is computed with them.

Notebooks have no type checker: a list where a mapping is asked would end many calls deeper, in an
error about `.items()`. `checked` reads the annotations that the public functions carry anyway, so
that there is one place, and one wording, for all of them.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from enum import StrEnum
from numbers import Integral, Real
from typing import Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError

NUMPY = "numpy._typing"  # parts of ArrayLike: almost anything
P = ParamSpec("P")
R = TypeVar("R")
Choice = TypeVar("Choice", bound=StrEnum)
BARE = re.compile(r"\b(pd\.(?:Series|Index))\[\w+\]")  # pandas' classes take no [...] at run time
SINGLE = (str, bytes, Mapping, pd.DataFrame)  # what can be walked through, but is no list of values


@dataclass(frozen=True, slots=True)
class Kind:
    """What an annotation allows, in words."""

    words: str
    allows: Callable[[object], bool]


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse arguments that are not of the annotated kind, with an `AnalysisError` in words.

    Only the outermost kind is looked at; what a mapping or a column holds is the function's own
    business. Names that exist for type checkers alone are not looked at.

    Examples
    --------
    >>> @checked
    ... def spread(values: Sequence[float], weights: Mapping[str, float] | None = None) -> float:
    ...     return max(values) - min(values)
    >>> spread([1.0, 3.0])
    2.0
    >>> spread([1.0], [2.0])
    Traceback (most recent call last):
    ...
    analysis.errors.AnalysisError: weights= of spread() must be a mapping or None, not a list
    """
    signature = inspect.signature(function)

    @functools.cache
    def kinds() -> Mapping[str, tuple[Kind, ...]]:
        found = {name: _kinds(function, each) for name, each in signature.parameters.items()}
        return {name: kind for name, kind in found.items() if kind}

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        known = kinds()
        for name, given in signature.bind(*args, **kwargs).arguments.items():
            allowed = known.get(name, ())
            for value in _values(given, signature.parameters[name].kind):
                if allowed and not any(kind.allows(value) for kind in allowed):
                    wanted = " or ".join(dict.fromkeys(kind.words for kind in allowed))
                    raise AnalysisError(
                        f"{name}= of {function.__name__}() must be {wanted}, not {_named(value)}"
                    )
        return function(*args, **kwargs)

    return call


def one_of(kind: type[Choice], given: Choice | str, name: str) -> Choice:
    """A member of an enumeration from its value.

    Raises
    ------
    AnalysisError
        There is no such member; the message lists them.
    """
    try:
        return kind(given)
    except ValueError:
        raise AnalysisError(f"{name}={given!r} is none of: {', '.join(kind)}") from None


def _values(given: Any, kind: Any) -> Iterable[object]:
    """What was given: one value, or those that `*` and `**` gathered."""
    if kind is inspect.Parameter.VAR_POSITIONAL:
        return tuple(given)
    return tuple(given.values()) if kind is inspect.Parameter.VAR_KEYWORD else (given,)


def _named(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _kinds(function: Callable[..., object], parameter: inspect.Parameter) -> tuple[Kind, ...]:
    """The kinds of an annotation; none where everything is allowed or nothing is known."""
    hint = parameter.annotation
    if hint is inspect.Parameter.empty:
        return ()
    if isinstance(hint, str):
        try:
            hint = eval(BARE.sub(r"\1", hint), function.__globals__)  # noqa: S307 # our own text
        except NameError:  # a name for type checkers alone
            return ()
    found = [_kind(part) for part in _parts(hint)]
    known = tuple(kind for kind in found if kind is not None)
    return known if len(known) == len(found) else ()


def _parts(hint: object) -> tuple[object, ...]:
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(part for each in get_args(hint) for part in _parts(each))
    return (hint,)


def _kind(hint: Any) -> Kind | None:
    origin = get_origin(hint) or hint
    if origin is Literal:
        origin = type(get_args(hint)[0])
    if origin in _SIMPLE:
        return _SIMPLE[origin]
    if not isinstance(origin, type) or origin is object or not _can_be_told(origin):
        return None
    if issubclass(origin, Mapping):
        return Kind("a mapping", lambda value: isinstance(value, Mapping))
    if origin is tuple:
        return Kind("a pair", lambda value: isinstance(value, tuple | list | np.ndarray))
    if issubclass(origin, str):  # an enumeration: its own check lists the choices
        return Kind("a name", lambda value: isinstance(value, str))
    return Kind(_worded(origin), lambda value: isinstance(value, origin))


def _can_be_told(kind: type) -> bool:
    return not (kind.__module__.startswith(NUMPY) or getattr(kind, "_is_protocol", False))


def _worded(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


def _is_list(value: object) -> bool:
    is_several = isinstance(value, Iterable) and isinstance(value, Sized)
    return is_several and not isinstance(value, SINGLE)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


_LIST = Kind("a list", _is_list)
_SIMPLE: dict[object, Kind] = {
    type(None): Kind("None", lambda value: value is None),
    bool: Kind("True or False", lambda value: isinstance(value, bool | np.bool_)),
    int: Kind(
        "a whole number", lambda value: isinstance(value, Integral) and not isinstance(value, bool)
    ),
    float: Kind("a number", _is_number),
    str: Kind("a name", lambda value: isinstance(value, str)),
    Sequence: _LIST,
    np.ndarray: _LIST,
    Iterable: Kind(
        "a list", lambda value: isinstance(value, Iterable) and not isinstance(value, str)
    ),
    Callable: Kind("a function", callable),
}
