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
    """The communes whose records, and those whose restricted answers, a person reads; and of
    whom the person reads what that one sent (an enumerator: the own records).
    """

    read: Communes
    review: Communes
    own: int | None = None

    @property
    def reads_anything(self) -> bool:
        return self.read is None or bool(self.read) or self.own is not None

    @property
    def reads_restricted(self) -> bool:
        return self.review is None or bool(self.review)

    def covers(self, other: "Reach") -> bool:
        """Whether everything that `other` reads is read by this one too."""
        has_own = self.read is None or other.own in (None, self.own)
        return has_own and _covers(self.read, other.read) and _covers(self.review, other.review)

    def to_json(self) -> dict[str, Any]:
        return {"read": _listed(self.read), "review": _listed(self.review), "own": self.own}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Reach":
        return cls(
            read=_communes(stored["read"]),
            review=_communes(stored["review"]),
            own=stored.get("own"),
        )


NOTHING = Reach(read=frozenset(), review=frozenset())


def reach_of(who: Who, form: Form) -> Reach:
    """How far a person reads a form now."""
    access = rights.access_of(who)
    if not access.may_read_records(form):
        return NOTHING
    read = access.communes(Right.READ_RECORDS, form.project_id)
    reads_own = read is not None and access.may(Right.READ_OWN_RECORDS, form.project_id)
    return Reach(
        read=read,
        review=access.communes(Right.REVIEW, form.project_id),
        own=rights.actor_id_of(who) if reads_own else None,
    )


def _covers(mine: Communes, other: Communes) -> bool:
    return mine is None or (other is not None and other <= mine)


def _listed(communes: Communes) -> list[str] | None:
    return None if communes is None else sorted(communes)


def _communes(stored: list[str] | None) -> Communes:
    return None if stored is None else frozenset(stored)
