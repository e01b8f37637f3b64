"""What the document says of an operation beyond its address: plain values, cheap to import."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

JSON: Final = "application/json"
Function = TypeVar("Function", bound=Callable[..., Any])
_NAME: Final = "described"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value of the query, or of a header."""

    name: str
    kind: str = "string"  # string, integer, boolean
    says: str = ""
    where: str = "query"
    example: Any = None


@dataclass(frozen=True, slots=True)
class Description:
    """One operation. `body` and `answer` are examples, from which the schema follows, or a class
    of `rest_framework.serializers`, whose fields say it better.
    """

    summary: str = ""
    says: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    body_type: str = JSON
    body_example: Any = None  # of the serializer in `body`
    answer: Any = None
    answer_type: str = JSON
    is_list: bool = False  # of the serializer in `answer`
    status: int = 200


def described(
    summary: str,
    says: str = "",
    *,
    parameters: tuple[Parameter, ...] = (),
    body: Any = None,
    body_example: Any = None,
    answer: Any = None,
    answer_type: str = JSON,
    is_list: bool = False,
    status: int = 200,
) -> Callable[[Function], Function]:
    """Describe a method of a view of `/api`."""
    found = Description(
        summary=summary,
        says=says,
        parameters=parameters,
        body=body,
        body_example=body_example,
        answer=answer,
        answer_type=answer_type,
        is_list=is_list,
        status=status,
    )

    def attach(function: Function) -> Function:
        setattr(function, _NAME, found)
        return function

    return attach


def description_of(function: Callable[..., Any]) -> Description:
    """What was attached; else the first sentence of the docstring, else the name."""
    found = getattr(function, _NAME, None)
    if isinstance(found, Description):
        return found
    words = " ".join((function.__doc__ or "").split())
    first, _, rest = words.partition(". ")
    summary = first.rstrip(".") or function.__name__.strip("_").replace("_", " ").capitalize()
    return Description(summary=summary, says=rest)
