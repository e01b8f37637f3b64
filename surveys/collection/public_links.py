"""Public links of a form: made, paused, taken away; what each may do is `link_door`'s."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from forms.schema import Field
from surveys.collection import audit, rights
from surveys.collection.models import Actor, Form, PublicLink, Submission
from surveys.collection.people import new_token
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.collection.schemas import schema_of

LONGEST_VALUE: Final = 200


class LinkRefused(Refused):
    """400.23 the name, 400.24 what is filled in beforehand, 400.25 the day it expires,
    409.42 an encrypted form."""


def create(
    actor: Actor,
    form: Form,
    display_name: str,
    *,
    once: bool = False,
    prefill: Mapping[str, str] | None = None,
    expires_at: datetime | None = None,
) -> PublicLink:
    """Make a link to one form, with its token.

    Raises
    ------
    rights.Forbidden : the actor may not manage the form.
    LinkRefused : the name is empty or long, a field cannot be filled in, the day has passed,
        the form is encrypted.
    """
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    require_readable(form)
    name = display_name.strip()
    if not name or len(name) > 120:
        raise LinkRefused(400.23)
    if expires_at is not None and expires_at <= timezone.now():
        raise LinkRefused(400.25)
    answers = {key: value.strip() for key, value in (prefill or {}).items() if value.strip()}
    fillable = {field.name for field in fields_to_fill(form)}
    for key, value in answers.items():
        if key not in fillable or len(value) > LONGEST_VALUE:
            raise LinkRefused(400.24, field=key)
    with transaction.atomic():
        sender = Actor.objects.create(kind=Actor.Kind.PUBLIC_LINK, display_name=name)
        link = PublicLink.objects.create(
            actor=sender,
            form=form,
            token=new_token(),
            once=once,
            prefill=answers,
            expires_at=expires_at,
            created_by=actor,
        )
        audit.record(
            "public_link.create", actor=actor, form=form, link=sender.pk, name=name, once=once
        )
    return link


def require_readable(form: Form) -> None:
    """Raise `LinkRefused` for a form that only a phone can fill: no browser encrypts answers."""
    version = form.current
    if version is not None and schema_of(version.pk, version.md5).is_encrypted:
        raise LinkRefused(409.42)


def fields_to_fill(form: Form) -> list[Field]:
    """Text fields outside repeats that a link can answer beforehand, such as the desk's code.

    A form without a published version has none.
    """
    version = form.current
    if version is None:
        return []
    schema = schema_of(version.pk, version.md5)
    return [
        field
        for field in schema.fields
        if not field.table
        and field.type in {"string", ""}
        and field.control in {"", "input"}
        and not field.is_note
        and not field.path.rpartition("/")[0].endswith("/meta")
        and field.choices is None
    ]


def pause(actor: Actor, link: PublicLink) -> None:
    """Take nothing for a while; twice is as once."""
    _change(actor, link, "public_link.pause", Q(paused_at__isnull=True), timezone.now())


def resume(actor: Actor, link: PublicLink) -> None:
    """Take answers again."""
    _change(actor, link, "public_link.resume", Q(paused_at__isnull=False), None)


def _change(
    actor: Actor, link: PublicLink, action: str, standing: Q, paused_at: datetime | None
) -> None:
    rights.require(actor, Right.MANAGE_FORMS, link.form.project)
    with transaction.atomic():
        if PublicLink.objects.filter(standing, pk=link.pk).update(paused_at=paused_at):
            audit.record(action, actor=actor, form=link.form, link=link.pk)
            link.paused_at = paused_at


def revoke(actor: Actor, link: PublicLink) -> None:
    """Take the token away for good; what was sent stays. Twice is as once."""
    rights.require(actor, Right.MANAGE_FORMS, link.form.project)
    with transaction.atomic():
        if PublicLink.objects.filter(pk=link.pk, token__isnull=False).update(token=None):
            audit.record("public_link.revoke", actor=actor, form=link.form, link=link.pk)
    link.token = None


def delete(actor: Actor, link: PublicLink) -> None:
    """Revoke and hide a link; the submissions keep its name as sender."""
    with transaction.atomic():
        revoke(actor, link)
        Actor.objects.filter(pk=link.pk).update(deleted_at=timezone.now())
        audit.record("public_link.delete", actor=actor, form=link.form, link=link.pk)


def links_of(form: Form) -> QuerySet[PublicLink]:
    """The links of a form that were not deleted: living ones first, newest first."""
    return (
        PublicLink.objects.select_related("actor", "created_by")
        .filter(form=form, actor__deleted_at__isnull=True)
        .annotate(is_revoked=Q(token__isnull=True))
        .order_by("is_revoked", "-actor__created_at", "-actor_id")
    )


def sent_by(form: Form, links: list[PublicLink]) -> dict[int, tuple[int, datetime]]:
    """How many records each link brought and when the last came; one query."""
    rows = (
        Submission.objects.filter(
            submitter__in=[link.pk for link in links],
            form=form,
            is_draft=False,
            deleted_at__isnull=True,
        )
        .order_by()
        .values_list("submitter")
        .annotate(n=Count("pk"), last=Max("created_at"))
    )
    return {sender: (n, last) for sender, n, last in rows if sender is not None}
