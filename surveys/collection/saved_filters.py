"""Filters that people keep under a name, for themselves or for everybody who reads the form."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from surveys.collection import audit, rights
from surveys.collection.models import Actor, Form, SavedFilter
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

MOST = 100  # of one person for one form
LONGEST_NAME = 100


class FilterRefused(Refused):
    """400.2 no name or too many, 409.73 the name is taken, 404.1 not one's own."""


def of_form(actor: Actor, form: Form) -> QuerySet[SavedFilter]:
    """One's own filters and those that others share, by name."""
    rights.require_records(actor, form)
    mine_or_shared = Q(owner=actor) | Q(is_shared=True)
    rows = SavedFilter.objects.filter(mine_or_shared, form=form).select_related("owner")
    return rows.order_by("name", "id")


def save(
    actor: Actor, form: Form, name: str, query: Mapping[str, str], *, is_shared: bool = False
) -> SavedFilter:
    """Keep a filter; one shares it who reviews records in the project.

    What a shared filter finds is each reader's own: rights are not shared with it.
    """
    rights.require_records(actor, form)
    if is_shared:
        rights.require(actor, Right.REVIEW, form.project)
    name = name.replace("\x00", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise FilterRefused(400.2, field="name")
    if any("\x00" in f"{key}{value}" for key, value in query.items()):  # no database holds it
        raise FilterRefused(400.2, field="filter")
    if SavedFilter.objects.filter(form=form, owner=actor).count() >= MOST:
        raise FilterRefused(400.2, field="name")
    try:
        with transaction.atomic():
            kept = SavedFilter.objects.create(
                form=form, owner=actor, name=name, query=dict(query), is_shared=is_shared
            )
            audit.record("filter.save", actor=actor, form=form, name=name, is_shared=is_shared)
    except IntegrityError as error:
        raise FilterRefused(409.73, name=name) from error
    return kept


def remove(actor: Actor, kept: SavedFilter) -> None:
    """Forget a filter: one's own, or a shared one as a manager of the project's forms."""
    form = kept.form
    rights.require_records(actor, form)
    if kept.owner_id != actor.pk:
        if not kept.is_shared:
            raise FilterRefused(404.1)
        rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        audit.record("filter.remove", actor=actor, form=form, name=kept.name)
        kept.delete()
