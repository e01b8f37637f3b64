"""Rows of form versions: what they are made of, stored, listed, and emptied of tests."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from forms.schema import FormSchema
from surveys.collection.encryption import form_keys
from surveys.collection.models import Form, FormVersion, Record, Submission, SubmissionVersion
from surveys.collection.publishing_checks import PublishRefused


@dataclass(frozen=True, slots=True)
class Source:
    """What a version is made of."""

    xform: bytes
    schema: FormSchema
    workbook: bytes | None
    workbook_name: str


def versions_of(form: Form) -> QuerySet[FormVersion]:
    """The published versions, newest first, without their bytes."""
    return (
        FormVersion.objects.filter(form=form, published_at__isnull=False)
        .defer("xform", "workbook", "schema")
        .order_by("-published_at", "-id")
    )


def fill(row: FormVersion, xform: bytes, schema: FormSchema) -> None:
    """Everything of a version that follows from its bytes."""
    row.version = schema.version
    row.name = schema.title[:250]
    row.xform = xform
    row.md5 = hashlib.md5(xform, usedforsecurity=False).hexdigest()
    row.sha256 = hashlib.sha256(xform).hexdigest()
    row.schema = schema.to_json()
    row.key = form_keys.key_of(schema)


def store_published(form: Form, draft: FormVersion) -> None:
    """Store a published version; 409.4 when the form has one of that name."""
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise PublishRefused(409.4, version=draft.version, form_id=form.xml_form_id) from error


def remove_tests(form: Form) -> None:
    """Test records live as long as their draft."""
    tests = Submission.objects.filter(form=form, is_draft=True)
    Record.objects.filter(submission__in=tests).delete()
    SubmissionVersion.objects.filter(submission__in=tests).delete()
    tests.delete()
