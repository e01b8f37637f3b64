"""How far a person reads a form: whose records, and whose restricted answers.

A made file holds what its maker could read when it was made. It is handed out only to somebody who
reads at least as far at that moment: so an area that was taken away, a role that ended or the wall
round the rated office counts for files as it does for pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.collection import rights
from surveys.collection.models import Form
from surveys.collection.rights import Right, Who

Communes = frozenset[str] | None
"""None = the whole project, empty = nothing."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The communes whose records, and those whose restricted answers, a person reads."""

    read: Communes
    review: Communes

    @property
    def reads_restricted(self) -> bool:
        return self.review is None or bool(self.review)

    def covers(self, other: "Reach") -> bool:
        """Whether everything that `other` reads is read by this one too."""
        return _covers(self.read, other.read) and _covers(self.review, other.review)

    def to_json(self) -> dict[str, Any]:
        return {"read": _listed(self.read), "review": _listed(self.review)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reach":
        return cls(read=_communes(stored["read"]), review=_communes(stored["review"]))


NOTHING = Reach(read=frozenset(), review=frozenset())


def reach_of(who: Who, form: Form) -> Reach:
    """How far a person reads a form now."""
    access = rights.access_of(who)
    if not access.may_read_records(form):
        return NOTHING
    return Reach(
        read=access.communes(Right.READ_RECORDS, form.project_id),
        review=access.communes(Right.REVIEW, form.project_id),
    )


def _covers(mine: Communes, other: Communes) -> bool:
    return mine is None or (other is not None and other <= mine)


def _listed(communes: Communes) -> list[str] | None:
    return None if communes is None else sorted(communes)


def _communes(stored: list[str] | None) -> Communes:
    return None if stored is None else frozenset(stored)
