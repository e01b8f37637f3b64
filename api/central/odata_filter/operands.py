"""What a property is: an expression, and what it compares with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Expression
from django.db.models.expressions import Combinable


class Kind(StrEnum):
    """What compares with what."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"  # as text, 2026-11-22
    TIME = "time"  # as text, 09:30:00
    MOMENT = "moment"  # to the millisecond, as JSON shows it
    OTHER = "other"  # points and lines: only null or not


@dataclass(frozen=True, slots=True)
class Operand:
    """A property or a value. ``column`` names a stored moment, for a bound that its index helps;
    what can never be null is compared without a guard, so that an index on it helps.
    """

    expression: Expression | Combinable
    kind: Kind
    column: Combinable | None = None
    is_nullable: bool = True


Fields = Callable[[str], Operand | None]
"""What a property path is; None = there is no such property."""
