"""`/v1/projects/{p}/datasets`: entity lists, their properties, settings and forms."""

from typing import Any

from api.central import bodies
from api.central.dataset_shapes import details_shape, list_shape
from api.central.door import SUCCESS, Call
from api.central.lookups import app_user_of, project_of
from api.central.projects import app_user_shape
from api.problems import ProblemRaised
from surveys.collection.entities import access, actor_values, lists, submitted, usage
from surveys.collection.entities.access import GENERATED, EntityRefused
from surveys.collection.entities.lists import Filter
from surveys.collection.models import ActorProperty, AppUser, EntityList, Project
from surveys.collection.rights import Right
from surveys.fieldwork import generated_list

FLAGS = {"true": True, "false": False}


def list_datasets(call: Call, project_id: int) -> list[dict[str, Any]]:
    """The lists of a project by name, the generated one among them."""
    project = project_of(call, project_id)
    living = list(EntityList.objects.filter(project=project, deleted_at=None))
    stats = usage.stats([each.pk for each in living]) if is_extended(call) else None
    rows = [
        list_shape(each, stats.get(each.pk, usage.ListStats()) if stats is not None else None)
        for each in living
    ]
    made = generated_list.of_project(project)
    if made is not None:
        rows.append(generated_shape(made, extended=is_extended(call)))
    return sorted(rows, key=lambda row: str(row["name"]))


def create_dataset(call: Call, project_id: int) -> dict[str, Any]:
    project = project_of(call, project_id, Right.MANAGE_FORMS)
    said = bodies.json_of(call.request)
    made = lists.create_list(
        call.actor,
        project,
        bodies.text(said, "name"),
        approval_required=bool(bodies.optional_flag(said, "approvalRequired")),
        owner_only=bool(bodies.optional_flag(said, "ownerOnly")),
    )
    return _details(made, call)


def show_dataset(call: Call, project_id: int, name: str) -> dict[str, Any]:
    project = project_of(call, project_id)
    if name in GENERATED:
        made = generated_list.of_project(project)
        if made is None:
            raise EntityRefused(404.61, name=name)
        return generated_shape(made, extended=True) | _generated_details(project, made)
    return _details(access.find_list(project, name), call)


def update_dataset(call: Call, project_id: int, name: str) -> dict[str, Any]:
    """`approvalRequired` (with `?convert=`), `ownerOnly`, `accessFilter`."""
    found = list_of(call, project_id, name, Right.MANAGE_FORMS)
    said = bodies.json_of(call.request)
    convert = call.request.GET.get("convert")
    if convert is not None and convert.lower() not in FLAGS:
        raise ProblemRaised(400.2, field="convert")
    approval = bodies.optional_flag(said, "approvalRequired")
    wanted = _filter_of(said)
    if wanted is not None:
        lists.set_filter(call.actor, found, wanted)
    if approval is not None:
        answer = FLAGS[convert.lower()] if convert is not None else None
        waiting = lists.set_approval(call.actor, found, approval, convert=answer)
        submitted.process_all(waiting)
    found.refresh_from_db()
    return _details(found, call)


def delete_dataset(call: Call, project_id: int, name: str) -> dict[str, bool]:
    lists.delete_list(call.actor, list_of(call, project_id, name, Right.MANAGE_FORMS))
    return SUCCESS


def add_property(call: Call, project_id: int, name: str) -> dict[str, bool]:
    found = list_of(call, project_id, name, Right.MANAGE_FORMS)
    lists.add_property(call.actor, found, bodies.text(bodies.json_of(call.request), "name"))
    return SUCCESS


def delete_property(call: Call, project_id: int, name: str, prop: str) -> dict[str, bool]:
    found = list_of(call, project_id, name, Right.MANAGE_FORMS)
    lists.delete_property(call.actor, found, prop)
    return SUCCESS


def list_actor_properties(call: Call, project_id: int) -> list[dict[str, Any]]:
    project = project_of(call, project_id, Right.MANAGE_PEOPLE)
    rows = ActorProperty.objects.filter(project=project).order_by("id")
    return [{"id": row.pk, "projectId": project.pk, "name": row.name} for row in rows]


def add_actor_property(call: Call, project_id: int) -> dict[str, bool]:
    project = project_of(call, project_id, Right.MANAGE_PEOPLE)
    name = bodies.text(bodies.json_of(call.request), "name")
    actor_values.add_property(call.actor, project, name)
    return SUCCESS


def show_app_user(call: Call, project_id: int, actor_id: int) -> dict[str, Any]:
    project = project_of(call, project_id, Right.MANAGE_PEOPLE)
    return _app_user(app_user_of(project, actor_id))


def update_app_user(call: Call, project_id: int, actor_id: int) -> dict[str, Any]:
    """`{"properties": {name: value | null}}`: what is not named stays."""
    project = project_of(call, project_id, Right.MANAGE_PEOPLE)
    phone = app_user_of(project, actor_id)
    said = bodies.json_of(call.request).get("properties")
    if not isinstance(said, dict):
        raise ProblemRaised(400.2, field="properties")
    for name, value in said.items():
        if not bodies.is_storable(name) or not (value is None or bodies.is_storable(value)):
            raise ProblemRaised(400.2, field=f"properties.{name}"[:100])
    actor_values.set_values(call.actor, phone, said)
    return _app_user(phone)


def _app_user(phone: AppUser) -> dict[str, Any]:
    return {**app_user_shape(phone), "properties": phone.properties}


def list_of(
    call: Call, project_id: int, name: str, right: Right = Right.READ_PROJECT
) -> EntityList:
    """A living list that is not generated, in a project where the caller has the right."""
    return access.find_list(project_of(call, project_id, right), name)


def is_extended(call: Call) -> bool:
    return call.request.headers.get("X-Extended-Metadata", "").lower() == "true"


def generated_shape(made: generated_list.GeneratedList, *, extended: bool) -> dict[str, Any]:
    """The household list, which nobody changes here."""
    as_list = EntityList(name=made.name, project_id=made.project_id, created_at=made.created_at)
    figures = usage.ListStats(made.n_households, 0, None) if extended else None
    return {**list_shape(as_list, figures), "generated": True}


def _generated_details(project: Project, made: generated_list.GeneratedList) -> dict[str, Any]:
    as_list = EntityList(name=made.name, project_id=project.pk, updated_at=made.updated_at)
    return details_shape(
        as_list,
        made.properties,
        usage.sources(project.pk, made.name),
        usage.readers(project.pk, made.name),
    )


def _details(found: EntityList, call: Call) -> dict[str, Any]:
    properties = found.properties.filter(deleted_at=None).order_by("id")
    stats = None
    if is_extended(call):
        stats = usage.stats([found.pk]).get(found.pk, usage.ListStats())
    return {
        **list_shape(found, stats),
        **details_shape(
            found,
            list(properties),
            usage.sources(found.project_id, found.name),
            usage.readers(found.project_id, found.name),
        ),
    }


def _filter_of(said: dict[str, Any]) -> Filter | None:
    """What the body says of the filter; None when it says nothing."""
    if "accessFilter" not in said:
        owner_only = bodies.optional_flag(said, "ownerOnly")
        return Filter(owner_only) if owner_only is not None else None
    wanted = said["accessFilter"]
    if wanted is None:
        return Filter()
    kind = wanted.get("type") if isinstance(wanted, dict) else None
    if kind == "ownerOnly":
        return Filter(owner_only=True)
    rules = wanted.get("rules") if kind == "property" else None
    if not isinstance(rules, list) or not rules:
        raise ProblemRaised(400.2, field="accessFilter")
    pairs = []
    for rule in rules:
        if not isinstance(rule, dict):
            raise ProblemRaised(400.2, field="accessFilter.rules")
        pairs.append((bodies.text(rule, "datasetProperty"), bodies.text(rule, "actorProperty")))
    return Filter(rules=tuple(pairs))
