"""Projects: made, renamed, archived, hidden."""

import unicodedata

from django.db import transaction
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import Actor, Project
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right


class ProjectRefused(Refused):
    """A project cannot be made or changed so."""


def create_project(
    actor: Actor, name: str, description: str = "", *, may_repeat_name: bool = False
) -> Project:
    """Make a project: an administrator does, or a manager of all projects.

    `may_repeat_name` is for clients of /v1: ODK Central lets two projects have one name, and
    scripts written for it rely on that.

    Raises
    ------
    rights.Forbidden : 403.4 no role everywhere, so the new project would be out of reach.
    ProjectRefused : 400.2 no name, 409.9 a living project has it.
    """
    rights.require(actor, Right.MAKE_PROJECTS)
    name = _checked_name(name)
    with transaction.atomic():
        if not may_repeat_name:
            _refuse_taken(name)
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
    may_repeat_name: bool = False,
) -> Project:
    """Change what is named; the rest stays. A name of another living project is refused (409.9)."""
    rights.require(actor, Right.ADMINISTER, project)
    changes = {
        "name": _checked_name(name) if name is not None else None,
        "description": description,
        "archived": archived,
    }
    said = {key: value for key, value in changes.items() if value is not None}
    with transaction.atomic():
        if changes["name"] is not None and not may_repeat_name:
            _refuse_taken(str(changes["name"]), but=project.pk)
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


def _refuse_taken(name: str, *, but: int = 0) -> None:
    """Two projects of one name cannot be told apart on a phone; letter case makes no other name."""
    living = Project.objects.filter(deleted_at__isnull=True).exclude(pk=but)
    if _key(name) in {_key(each) for each in living.values_list("name", flat=True)}:
        raise ProjectRefused(409.9)


def _key(name: str) -> str:
    # Keyboards write Vietnamese letters in one piece or in two; SQLite folds ASCII only.
    return unicodedata.normalize("NFC", name).casefold()
