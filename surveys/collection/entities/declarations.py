"""What a form says about entities, kept beside its version; publishing it makes the lists."""

from collections.abc import Iterable

from forms.entity_checks import check_entities, properties_of
from forms.schema import FormSchema
from surveys.collection.entities import lists
from surveys.collection.entities.access import GENERATED, EntityRefused
from surveys.collection.models import (
    Actor,
    EntityList,
    EntitySource,
    Form,
    FormAttachment,
    FormVersion,
)
from surveys.collection.publishing_checks import PublishRefused

SUFFIX = ".csv"


def note(version: FormVersion, schema: FormSchema) -> None:
    """Keep what a stored draft says, and give it the lists that its project has.

    Raises
    ------
    PublishRefused : 400.61 the declaration is wrong.
    """
    fault = check_entities(schema)
    if fault is not None:
        raise PublishRefused(400.61, reason_vi=fault.vi, reason_en=fault.en)
    if not schema.is_encrypted:  # nobody here reads such records
        EntitySource.objects.bulk_create(_sources(version, schema))
    link_files(version)


def publish(actor: Actor, form: Form, version: FormVersion) -> None:
    """Make the lists and properties that a version names and the project lacks.

    Raises
    ------
    PublishRefused : 409.61, 409.62 the same name in other letters stands already.
    """
    for source in version.entity_sources.order_by("id"):
        if source.list_name in GENERATED:
            continue
        try:
            lists.provide(actor, form, source.list_name, source.properties)
        except EntityRefused as refusal:
            raise PublishRefused(refusal.code, **refusal.details) from refusal
    link_files(version)


def link_files(version: FormVersion) -> None:
    """Files of a version that are named like a list and hold nothing yet become the list."""
    empty = FormAttachment.objects.filter(
        form_version=version, kind="file", blob=None, entity_list="", name__endswith=SUFFIX
    )
    by_name = {slot.name.removesuffix(SUFFIX): slot for slot in empty}
    there = EntityList.objects.filter(
        project=version.form.project_id, name__in=by_name, deleted_at=None
    )
    for name in there.values_list("name", flat=True):
        slot = by_name[name]
        FormAttachment.objects.filter(pk=slot.pk).update(entity_list=name, content_type="text/csv")


def _sources(version: FormVersion, schema: FormSchema) -> Iterable[EntitySource]:
    for block in schema.entities:
        actions = (("create", block.creates), ("update", block.updates))
        yield EntitySource(
            form_version=version,
            list_name=block.dataset,
            path=block.path.removesuffix("meta/entity")[:500],
            is_repeat=bool(block.table),
            actions=[name for name, is_declared in actions if is_declared],
            properties=[each.saveto for each in properties_of(schema, block)],
        )
