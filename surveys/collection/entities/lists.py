"""Lists and their properties: made, changed, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from forms.entity_checks import is_list_name, is_property_name
from surveys.collection import audit, rights
from surveys.collection.entities import rows, usage
from surveys.collection.entities.access import GENERATED, EntityRefused
from surveys.collection.models import (
    Actor,
    ActorProperty,
    EntityList,
    EntityProperty,
    Form,
    Project,
    SubmittedEntity,
)
from surveys.collection.rights import Right


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entities a phone gets: its own, or those in which a rule holds; neither = all."""

    owner_only: bool = False
    rules: tuple[tuple[str, str], ...] = ()  # (property of the list, property of the app user)


def create_list(
    actor: Actor,
    project: Project,
    name: str,
    *,
    approval_required: bool = False,
    owner_only: bool = False,
) -> EntityList:
    """Make an empty list.

    Raises
    ------
    EntityRefused : 400.62 the name, 409.61 it is taken, 409.68 it is a generated list's.
    """
    rights.require(actor, Right.MANAGE_FORMS, project)
    if name in GENERATED:
        raise EntityRefused(409.68, name=name)
    if not is_list_name(name):
        raise EntityRefused(400.62, name=name[:200])
    try:
        with transaction.atomic():
            made = EntityList.objects.create(
                project=project,
                name=name,
                approval_required=approval_required,
                owner_only=owner_only,
                updated_at=timezone.now(),
            )
            made.refresh_from_db()  # the database's own clock
            audit.record("dataset.create", actor=actor, project=project, dataset=name)
    except IntegrityError as error:
        there = EntityList.objects.get(project=project, name__iexact=name, deleted_at=None)
        raise EntityRefused(409.61, name=there.name) from error
    return made


def add_property(actor: Actor, entity_list: EntityList, name: str) -> EntityProperty:
    """Add a column; entities that stand have no value in it.

    Raises
    ------
    EntityRefused : 400.63 the name, 409.62 it is taken.
    """
    rights.require(actor, Right.MANAGE_FORMS, entity_list.project)
    if not is_property_name(name):
        raise EntityRefused(400.63, name=name[:200])
    try:
        with transaction.atomic():
            made = EntityProperty.objects.create(list=entity_list, name=name)
            _note(actor, entity_list, properties=[name])
    except IntegrityError as error:
        there = entity_list.properties.get(name__iexact=name, deleted_at=None)
        raise EntityRefused(409.62, name=there.name) from error
    return made


def delete_property(actor: Actor, entity_list: EntityList, name: str) -> None:
    """Take a column away that no form writes to and that is empty (409.67)."""
    rights.require(actor, Right.MANAGE_FORMS, entity_list.project)
    with transaction.atomic():
        found = entity_list.properties.filter(name=name, deleted_at=None).first()
        if found is None:
            raise EntityRefused(404.64, name=name)
        forms = usage.forms_writing(entity_list, name)
        filled = usage.count_filled(entity_list, name)
        if forms or filled:
            raise EntityRefused(409.67, name=name, forms=sorted(forms) or ["–"], count=filled)
        EntityProperty.objects.filter(pk=found.pk).update(deleted_at=timezone.now())
        _note(actor, entity_list, deleted=name)


def set_approval(
    actor: Actor, entity_list: EntityList, is_required: bool, *, convert: bool | None = None
) -> list[int]:
    """Say whether new entities wait for the approval of their submission.

    Returns the submissions that wait and are to be processed now (`submitted.process_all`, after
    this transaction): those of `convert`.

    Raises
    ------
    EntityRefused : 400.69 submissions wait; `convert` says whether their entities are made.
    """
    rights.require(actor, Right.MANAGE_FORMS, entity_list.project)
    waiting = SubmittedEntity.objects.filter(
        list=entity_list, state=SubmittedEntity.State.AWAITING, submission__deleted_at=None
    ).exclude(submission__review_state="rejected")
    with transaction.atomic():
        ids = [] if is_required else sorted(set(waiting.values_list("submission_id", flat=True)))
        if ids and convert is None:
            raise EntityRefused(400.69, count=len(ids))
        entity_list.approval_required = is_required
        EntityList.objects.filter(pk=entity_list.pk).update(approval_required=is_required)
        _note(actor, entity_list, approval_required=is_required, convert=convert)
    return ids if convert else []


def set_filter(actor: Actor, entity_list: EntityList, wanted: Filter) -> None:
    """Say which entities a phone gets.

    Raises
    ------
    EntityRefused : 400.73 a rule names a property that the list or the project does not have.
    """
    rights.require(actor, Right.MANAGE_FORMS, entity_list.project)
    _check_rules(entity_list, wanted.rules)
    stored = [{"datasetProperty": ours, "actorProperty": theirs} for ours, theirs in wanted.rules]
    with transaction.atomic():
        entity_list.owner_only = wanted.owner_only
        entity_list.access_rules = stored
        EntityList.objects.filter(pk=entity_list.pk).update(
            owner_only=wanted.owner_only, access_rules=stored
        )
        _note(actor, entity_list, owner_only=wanted.owner_only, rules=stored)


def delete_list(actor: Actor, entity_list: EntityList) -> None:
    """Hide a list that no form uses (409.66); its name is free again."""
    rights.require(actor, Right.MANAGE_FORMS, entity_list.project)
    with transaction.atomic():
        if forms := usage.forms_using(entity_list):
            raise EntityRefused(409.66, forms=sorted(forms))
        EntityList.objects.filter(pk=entity_list.pk).update(deleted_at=timezone.now())
        audit.record(
            "dataset.delete", actor=actor, project=entity_list.project, dataset=entity_list.name
        )


def provide(actor: Actor, form: Form, name: str, properties: Sequence[str]) -> None:
    """What a form needs when it is published: the list, and the properties that it lacks.

    Raises
    ------
    EntityRefused : 409.61, 409.62 the same name in other letters stands already.
    """
    project = form.project
    entity_list = EntityList.objects.filter(
        project=project, name__iexact=name, deleted_at=None
    ).first()
    if entity_list is None:
        entity_list = create_list(actor, project, name)
    if entity_list.name != name:
        raise EntityRefused(409.61, name=entity_list.name)
    entity_list.project = project
    there = list(entity_list.properties.filter(deleted_at=None).values_list("name", flat=True))
    taken = {each.lower(): each for each in there}
    for each in properties:
        known = taken.get(each.lower())
        if known is None:
            add_property(actor, entity_list, each)
        elif known != each:
            raise EntityRefused(409.62, name=known)


def _check_rules(entity_list: EntityList, rules: Sequence[tuple[str, str]]) -> None:
    ours = set(entity_list.properties.filter(deleted_at=None).values_list("name", flat=True))
    theirs = set(
        ActorProperty.objects.filter(project=entity_list.project_id).values_list("name", flat=True)
    )
    for mine, of_actor in rules:
        if mine not in ours:
            raise EntityRefused(
                400.73,
                reason_vi=f"danh sách không có thuộc tính “{mine}”.",
                reason_en=f'the list has no property "{mine}".',
            )
        if of_actor not in theirs:
            raise EntityRefused(
                400.73,
                reason_vi=f"điều tra viên của dự án không có thuộc tính “{of_actor}”.",
                reason_en=f'app users of the project have no property "{of_actor}".',
            )


def _note(actor: Actor, entity_list: EntityList, **details: Any) -> None:
    audit.record(
        "dataset.update",
        actor=actor,
        project=entity_list.project,
        dataset=entity_list.name,
        **details,
    )
    rows.touch([entity_list.pk])
