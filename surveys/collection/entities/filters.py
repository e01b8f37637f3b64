"""Which entities of a list a phone gets, and the token by which it sees that they changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.collection import statements
from surveys.collection.models import AppUser, EntityList


@dataclass(frozen=True, slots=True)
class Reach:
    """What somebody gets of a list; without a filter all of it."""

    owner_id: int | None = None
    # (property, value): one that holds is enough; None = there are no rules
    rules: tuple[tuple[str, str], ...] | None = None

    def clause(self, first: int) -> str:
        """A condition on the table `entity`, its parameters numbered from `first`."""
        if self.owner_id is not None:
            return f" AND creator_id = ${first}"
        if self.rules is None:
            return ""
        tests = [
            f"{value_at(f'${first + 2 * n}')} = ${first + 2 * n + 1}"
            for n in range(len(self.rules))
        ]
        return f" AND ({' OR '.join(tests)})" if tests else " AND 1 = 0"

    @property
    def parameters(self) -> tuple[Any, ...]:
        if self.owner_id is not None:
            return (self.owner_id,)
        return tuple(part for name, value in self.rules or () for part in (key_of(name), value))


EVERYTHING = Reach()
NOTHING = Reach(rules=())


def value_at(place: str) -> str:
    """The value of a property; `place` is the parameter that carries its `key_of`."""
    if statements.is_postgres():
        return f"data ->> CAST({place} AS TEXT)"
    return f"json_extract(data, {place})"


def key_of(name: str) -> str:
    """SQLite would read the dot in a name as a step."""
    return name if statements.is_postgres() else f'$."{name}"'


def reach(*, owner_only: bool, rules: Sequence[Mapping[str, str]], actor_id: int | None) -> Reach:
    """What an app user gets; no actor (staff) gets everything."""
    if actor_id is None or not (owner_only or rules):
        return EVERYTHING
    if owner_only:
        return Reach(owner_id=actor_id)
    carried = AppUser.objects.filter(pk=actor_id).values_list("properties", flat=True).first() or {}
    held = tuple(
        (rule["datasetProperty"], carried[rule["actorProperty"]])
        for rule in rules
        if carried.get(rule["actorProperty"])
    )
    return Reach(rules=held)


def reach_of(entity_list: EntityList, actor_id: int | None) -> Reach:
    return reach(
        owner_only=entity_list.owner_only, rules=entity_list.access_rules, actor_id=actor_id
    )


def tag_of(list_id: int, revision: int, found: Reach) -> str:
    """The hash of a list for one caller: made of its revision, never of its rows."""
    said = json.dumps([list_id, revision, found.owner_id, found.rules])
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
