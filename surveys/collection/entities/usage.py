"""Which forms write to a list and which read it, and how much it holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q

from surveys.collection import statements
from surveys.collection.entities.filters import key_of, value_at
from surveys.collection.models import Entity, EntityList, EntitySource, FormAttachment

_WITHOUT_BYTES = ("form_version__xform", "form_version__schema", "form_version__workbook")


@dataclass(frozen=True, slots=True)
class ListStats:
    entities: int = 0
    conflicts: int = 0
    last_entity: datetime | None = None


@dataclass(frozen=True, slots=True)
class FormUse:
    """A form that reads a list, or writes to it; of its current version or of its draft."""

    xml_form_id: str
    name: str
    is_draft: bool
    repeat_path: str = ""
    properties: tuple[str, ...] = ()


def sources(project_id: int, list_name: str | None = None) -> list[FormUse]:
    """Forms that create or update entities (of a list)."""
    found = EntitySource.objects.filter(_living(project_id))
    if list_name is not None:
        found = found.filter(list_name=list_name)
    rows = found.select_related("form_version__form").defer(*_WITHOUT_BYTES)
    return [
        FormUse(
            row.form_version.form.xml_form_id,
            row.form_version.name,
            row.form_version_id == row.form_version.form.draft_id,
            row.path if row.is_repeat else "",
            tuple(row.properties),
        )
        for row in rows.order_by("form_version__form__xml_form_id", "id")
    ]


def readers(project_id: int, list_name: str) -> list[FormUse]:
    """Forms to which the list is attached."""
    found = FormAttachment.objects.filter(_living(project_id), entity_list=list_name)
    rows = found.select_related("form_version__form").defer(*_WITHOUT_BYTES)
    return [
        FormUse(
            row.form_version.form.xml_form_id,
            row.form_version.name,
            row.form_version_id == row.form_version.form.draft_id,
        )
        for row in rows.order_by("form_version__form__xml_form_id", "id")
    ]


def is_read_by(entity_list: EntityList, app_user_id: int) -> bool:
    """Whether a phone has a form with the list."""
    return FormAttachment.objects.filter(
        entity_list=entity_list.name,
        form_version__form__project=entity_list.project_id,
        form_version__form__current=F("form_version"),
        form_version__form__assignments__actor=app_user_id,
    ).exists()


def forms_using(entity_list: EntityList) -> set[str]:
    uses = [
        *sources(entity_list.project_id, entity_list.name),
        *readers(entity_list.project_id, entity_list.name),
    ]
    return {use.xml_form_id for use in uses}


def forms_writing(entity_list: EntityList, name: str) -> set[str]:
    uses = sources(entity_list.project_id, entity_list.name)
    return {use.xml_form_id for use in uses if name in use.properties}


def count_filled(entity_list: EntityList, name: str) -> int:
    """Living entities that hold a value in a property."""
    ((count,),) = statements.run(
        "SELECT COUNT(*) FROM entity WHERE list_id = $1 AND deleted_at IS NULL"  # noqa: S608 - constants only
        f" AND TRIM(COALESCE({value_at('$2')}, '')) <> ''",
        (entity_list.pk, key_of(name)),
    )
    return int(count)


def stats(list_ids: Collection[int]) -> dict[int, ListStats]:
    """How much each list holds; one that holds nothing is not there."""
    found = (
        Entity.objects.filter(list__in=list_ids, deleted_at=None)
        .values("list_id")
        .annotate(n=Count("id"), n_conflicts=Count("conflict"), newest=Max("created_at"))
        .order_by()
    )
    return {row["list_id"]: ListStats(row["n"], row["n_conflicts"], row["newest"]) for row in found}


def _living(project_id: int) -> Q:
    is_shown = Q(form_version__form__current=F("form_version")) | Q(
        form_version__form__draft=F("form_version")
    )
    return is_shown & Q(form_version__form__project=project_id, form_version__form__deleted_at=None)
