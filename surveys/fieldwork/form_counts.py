"""How many submissions forms have, for those who list them: one query for all forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q

from surveys.collection.models import (
    EntitySource,
    Form,
    FormAttachment,
    Project,
    PublicLink,
    Submission,
)
from surveys.collection.rights import Who
from surveys.fieldwork import scope


@dataclass(frozen=True, slots=True)
class FormCounts:
    """Of the submissions that the person who asks may open."""

    submissions: int = 0
    last_submission: datetime | None = None
    received: int = 0
    has_issues: int = 0
    edited: int = 0
    is_entity_related: bool = False
    public_links: int = 0


def of_forms(user: Who, project: Project, forms: Iterable[Form]) -> Mapping[int, FormCounts]:
    """The counts of each form, by its number."""
    ids = [form.pk for form in forms]
    sent = {
        row["form_id"]: row
        for row in scope.visible_in_project(user, project)
        .filter(form__in=ids)
        .order_by()
        .values("form_id")
        .annotate(
            n=Count("id", distinct=True),
            last=Max("created_at"),
            received=Count("id", distinct=True, filter=Q(review_state=None)),
            issues=_count(Submission.Review.HAS_ISSUES),
            edited=_count(Submission.Review.EDITED),
        )
    }
    links = dict(
        PublicLink.objects.filter(form__in=ids).values_list("form_id").annotate(n=Count("pk"))
    )
    related = _entity_related(ids)
    return {
        form: _counts(sent.get(form), is_related=form in related, links=links.get(form, 0))
        for form in ids
    }


def _count(state: Submission.Review) -> Count:
    return Count("id", distinct=True, filter=Q(review_state=state))


def _counts(row: Mapping[str, Any] | None, *, is_related: bool, links: int) -> FormCounts:
    if row is None:
        return FormCounts(is_entity_related=is_related, public_links=links)
    return FormCounts(
        submissions=row["n"],
        last_submission=row["last"],
        received=row["received"],
        has_issues=row["issues"],
        edited=row["edited"],
        is_entity_related=is_related,
        public_links=links,
    )


def _entity_related(ids: list[int]) -> set[int]:
    """Forms whose published version reads or writes an entity list."""
    writes = EntitySource.objects.filter(form_version=OuterRef("current"))
    reads = FormAttachment.objects.filter(form_version=OuterRef("current")).exclude(entity_list="")
    forms = Form.objects.filter(Exists(writes) | Exists(reads), pk__in=ids)
    return set(forms.values_list("pk", flat=True))
