"""Projects: made, renamed, archived, hidden."""

from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import Actor, Project
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right


class ProjectRefused(Refused):
    """A project cannot be made or changed so."""


def create_project(actor: Actor, name: str, description: str = "") -> Project:
    """Make a project; only an administrator does."""
    rights.require(actor, Right.ADMINISTER)
    name = _checked_name(name)
    with transaction.atomic():
        project = Project.objects.create(name=name, description=description)
        audit.record("project.create", actor=actor, project=project, name=name)
    return project


def update_project(
    actor: Actor,
    project: Project,
    *,
    name: str | None = None,
    description: str | None = None,
    archived: bool | None = None,
) -> Project:
    """Change what is named; the rest stays."""
    rights.require(actor, Right.ADMINISTER, project)
    changes = {
        "name": _checked_name(name) if name is not None else None,
        "description": description,
        "archived": archived,
    }
    said = {key: value for key, value in changes.items() if value is not None}
    with transaction.atomic():
        for key, value in said.items():
            setattr(project, key, value)
        project.updated_at = timezone.now()
        project.save(update_fields=[*said, "updated_at"])
        audit.record("project.update", actor=actor, project=project, changes=said)
    return project


def delete_project(actor: Actor, project: Project) -> None:
    """Hide a project with everything in it; nothing is removed."""
    rights.require(actor, Right.ADMINISTER, project)
    with transaction.atomic():
        project.deleted_at = timezone.now()
        project.save(update_fields=["deleted_at"])
        audit.record("project.delete", actor=actor, project=project)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 200:
        raise ProjectRefused(400.2, field="name")
    return name
