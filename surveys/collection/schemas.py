"""Schemas of form versions, kept in the process: reading one takes longer than using it."""

from functools import lru_cache

from forms.schema import FormSchema, read_schema
from surveys.collection.models import FormVersion
from surveys.collection.statements import decoded

KEPT = 64


@lru_cache(maxsize=KEPT)
def schema_of(form_version_id: int, md5: str) -> FormSchema:
    """The schema of a version; the md5 tells a replaced draft from what stood there before."""
    stored = (
        FormVersion.objects.filter(pk=form_version_id, md5=md5)
        .values_list("schema", flat=True)
        .get()
    )
    try:
        return FormSchema.from_json(decoded(stored))
    except ValueError:
        # stored by an older version of this code: the form itself says it again
        return read_schema(bytes(FormVersion.objects.get(pk=form_version_id).xform))
