"""What was removed for good, told so that an older backup cannot bring it back.

A backup holds what stood when it was made: answers that somebody had erased since, tokens of lost
phones that were revoked since. The list names such removals by number and fingerprint, never by
content. Each backup lays it beside itself; `restore` applies what is younger than the backup.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from surveys.collection import deletion, erasure, people, projection, public_links
from surveys.collection.entities import purging
from surveys.collection.models import (
    Actor,
    AppUser,
    AuditEvent,
    Entity,
    Erasure,
    PublicLink,
    Quarantined,
    Submission,
    User,
)
from surveys.collection.safekeeping.folder import ABOUT

NAME: Final = "removals.jsonl"
REASON: Final = "restored backup / khôi phục bản sao lưu"

ERASE: Final = "submission.erase"
PURGE: Final = "submission.purge"
KEPT: Final = "quarantine.erase"
PHONES: Final = frozenset({"app_user.revoke", "app_user.reissue"})
LINK: Final = "public_link.revoke"
ACCOUNT: Final = "user.deactivate"
ENTITY: Final = "entity.purge"


@dataclass(frozen=True, slots=True)
class Removal:
    """`number` is the row's; `check` the fingerprint of what never changes in it, so that the list
    of another server removes nothing here."""

    at: str
    what: str
    number: int
    check: str
    extent: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """How many of each kind were removed anew, and how many were not to be found."""

    done: dict[str, int]
    unknown: int


def beside(source: Path) -> Path:
    """Where the list of a backup lies: one for all backups of a folder."""
    return (source if (source / ABOUT).is_file() else source.parent) / NAME


def listed() -> Iterator[Removal]:
    """The removals of this server, oldest first."""
    events = AuditEvent.objects.filter(action__in=list(_REMOVE)).order_by("at", "id")
    for event in events.iterator(chunk_size=500):
        number = _number(event)
        check = _check(event.action, number) if number is not None else ""
        if number is not None and check:
            extent = str(event.details.get("extent", ""))
            yield Removal(event.at.isoformat(), event.action, number, check, extent)


def write(path: Path) -> int:
    """Bring the list at a path up to date; what it held stays. Returns how many it holds."""
    known = {(each.what, each.number, each.extent): each for each in _read(path)}
    known |= {(each.what, each.number, each.extent): each for each in listed()}
    rows = sorted(known.values(), key=lambda each: each.at)
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(each)) + "\n" for each in rows)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return len(rows)


def since(path: Path, made_at: str) -> list[Removal]:
    """The removals of a list that are younger than a backup.

    Raises
    ------
    ValueError : the file is no such list.
    """
    moment = datetime.fromisoformat(made_at)
    return [each for each in _read(path) if datetime.fromisoformat(each.at) >= moment]


def apply(removals: Iterable[Removal]) -> Applied:
    """Remove anew what the list names; what is gone already stays gone."""
    done: Counter[str] = Counter()
    unknown = 0
    actor = people.system_actor()
    for each in removals:
        if each.what not in _REMOVE or _check(each.what, each.number) != each.check:
            unknown += 1
        elif _REMOVE[each.what](actor, each):
            done[each.what] += 1
    return Applied(dict(done), unknown)


def _read(path: Path) -> Iterator[Removal]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield Removal(**json.loads(line))
        except TypeError as error:
            raise ValueError(f"{path}: {line[:80]}") from error


def _number(event: AuditEvent) -> int | None:
    if event.action in {ERASE, PURGE}:
        return event.submission_id
    if event.action == ENTITY:
        return event.entity_id
    if event.action == ACCOUNT:
        place = "user"
    else:
        place = "item" if event.action == KEPT else "link" if event.action == LINK else "app_user"
    number = event.details.get(place)
    return number if isinstance(number, int) else None


def _check(what: str, number: int) -> str:
    """A fingerprint of the row; empty when there is none."""
    if what in {ERASE, PURGE}:
        said = Submission.objects.filter(pk=number).values_list("instance_id", flat=True).first()
    elif what == ENTITY:
        said = Entity.objects.filter(pk=number).values_list("uuid", flat=True).first()
    elif what == KEPT:
        said = Quarantined.objects.filter(pk=number).values_list("sha256", flat=True).first()
    else:
        made = Actor.objects.filter(pk=number).values_list("created_at", flat=True).first()
        said = made.isoformat() if made is not None else None
    return hashlib.sha256(f"{what}\n{said}".encode()).hexdigest() if said else ""


def _erase(actor: Actor, removal: Removal) -> bool:
    submission = Submission.objects.select_related("form__project").get(pk=removal.number)
    try:
        with transaction.atomic():
            erasure.erase(actor, submission, Erasure.Extent(removal.extent), REASON)
            projection.project(submission.pk)
            # What follows from it, such as the household's outcome, is the sweep's.
            Submission.objects.filter(pk=submission.pk, deleted_at__isnull=True).update(
                state=Submission.State.RECEIVED, attempts=0
            )
    except erasure.ErasureRefused:  # nothing is left to erase
        return False
    return True


def _purge(actor: Actor, removal: Removal) -> bool:
    submission = Submission.objects.select_related("form__project").get(pk=removal.number)
    if submission.deleted_at is None:
        Submission.objects.filter(pk=removal.number).update(deleted_at=timezone.now())
    return deletion.purge_submission(actor, submission)


def _erase_kept(actor: Actor, removal: Removal) -> bool:
    try:
        with transaction.atomic():
            erasure.erase_kept(actor, Quarantined.objects.get(pk=removal.number), REASON)
    except erasure.ErasureRefused:
        return False
    return True


def _purge_entity(actor: Actor, removal: Removal) -> bool:
    found = Entity.objects.select_related("list__project").get(pk=removal.number)
    if found.label == purging.GONE:
        return False
    Entity.objects.filter(pk=found.pk, deleted_at=None).update(deleted_at=timezone.now())
    purging.purge(actor, found.list, found.uuid)
    return True


def _revoke_phone(actor: Actor, removal: Removal) -> bool:
    phone = AppUser.objects.filter(pk=removal.number, token__isnull=False).first()
    if phone is not None:
        people.revoke_app_user(actor, phone)
    return phone is not None


def _revoke_link(actor: Actor, removal: Removal) -> bool:
    link = PublicLink.objects.filter(pk=removal.number, token__isnull=False).first()
    if link is not None:
        public_links.revoke(actor, link)
    return link is not None


def _close_account(actor: Actor, removal: Removal) -> bool:
    user = User.objects.filter(actor=removal.number, is_active=True).first()
    if user is not None:
        people.deactivate_user(actor, user)
    return user is not None


_REMOVE: Final[Mapping[str, Callable[[Actor, Removal], bool]]] = {
    ERASE: _erase,
    PURGE: _purge,
    KEPT: _erase_kept,
    LINK: _revoke_link,
    ACCOUNT: _close_account,
    ENTITY: _purge_entity,
    **dict.fromkeys(PHONES, _revoke_phone),
}
