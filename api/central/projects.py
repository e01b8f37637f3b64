"""`/v1/projects`: projects, their phones and their quarantine."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from api.central import bodies
from api.central.door import SUCCESS, Call, instant
from api.central.lookups import app_user_of, project_of
from surveys.collection import people, projects, rights
from surveys.collection.models import AppUser, Project
from surveys.collection.rights import Right


def list_projects(call: Call) -> list[dict[str, Any]]:
    counted = rights.projects_of(call.user).annotate(
        n_forms=Count("forms", filter=Q(forms__deleted_at__isnull=True), distinct=True),
        n_app_users=Count("app_users", distinct=True),
    )
    return [
        {**project_shape(each), "forms": each.n_forms, "appUsers": each.n_app_users}
        for each in counted
    ]


def create_project(call: Call) -> dict[str, Any]:
    said = bodies.json_of(call.request)
    made = projects.create_project(
        call.actor,
        bodies.text(said, "name"),
        bodies.optional_text(said, "description") or "",
        may_repeat_name=True,
    )
    return project_shape(made)


def show_project(call: Call, project_id: int) -> dict[str, Any]:
    return project_shape(project_of(call, project_id))


def update_project(call: Call, project_id: int) -> dict[str, Any]:
    project = project_of(call, project_id)
    said = bodies.json_of(call.request)
    changed = projects.update_project(
        call.actor,
        project,
        name=bodies.optional_text(said, "name"),
        description=bodies.optional_text(said, "description"),
        archived=bodies.optional_flag(said, "archived"),
        may_repeat_name=True,
    )
    return project_shape(changed)


def delete_project(call: Call, project_id: int) -> dict[str, bool]:
    projects.delete_project(call.actor, project_of(call, project_id))
    return SUCCESS


def list_app_users(call: Call, project_id: int) -> list[dict[str, Any]]:
    project = project_of(call, project_id, Right.MANAGE_PEOPLE)
    phones = AppUser.objects.select_related("actor").filter(
        project=project, actor__deleted_at__isnull=True
    )
    last = people.last_sent(project)
    return [
        app_user_shape(each, last.get(each.pk))
        for each in phones.order_by("actor__display_name", "pk")
    ]


def create_app_user(call: Call, project_id: int) -> dict[str, Any]:
    project = project_of(call, project_id)
    said = bodies.json_of(call.request)
    return app_user_shape(
        people.create_app_user(call.actor, project, bodies.text(said, "displayName"))
    )


def delete_app_user(call: Call, project_id: int, actor_id: int) -> dict[str, bool]:
    project = project_of(call, project_id)
    people.delete_app_user(call.actor, app_user_of(project, actor_id))
    return SUCCESS


def project_shape(project: Project) -> dict[str, Any]:
    return {
        "id": project.pk,
        "name": project.name,
        "description": project.description or None,
        "archived": project.archived,
        "keyId": project.key_id,
        "createdAt": instant(project.created_at),
        "updatedAt": instant(project.updated_at),
        "deletedAt": instant(project.deleted_at),
    }


def app_user_shape(phone: AppUser, last_used: datetime | None = None) -> dict[str, Any]:
    return {
        "projectId": phone.project_id,
        "id": phone.pk,
        "type": phone.actor.kind,
        "displayName": phone.actor.display_name,
        "token": phone.token,
        "lastUsed": instant(last_used),
        "createdAt": instant(phone.actor.created_at),
        "updatedAt": instant(phone.actor.updated_at),
        "deletedAt": instant(phone.actor.deleted_at),
    }
