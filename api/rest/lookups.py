"""From a request and numbers in its address to rows, for the addresses of `/api`."""

from typing import Any

from rest_framework.request import Request

from api.central import bodies
from api.problems import ProblemRaised
from surveys.collection import rights
from surveys.collection.models import Form, Project, User
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round


def user_of(request: Request) -> User:
    """The signed-in person."""
    user: Any = request.user
    if not isinstance(user, User):
        raise ProblemRaised(401.2)
    return user


def records_form_of(request: Request, form_id: int) -> Form:
    """A living form whose records the caller may read."""
    found = (
        Form.objects.select_related("project", "current")
        .filter(pk=form_id, deleted_at=None, project__deleted_at=None)
        .first()
    )
    if found is None:
        raise ProblemRaised(404.3)
    rights.require_records(user_of(request), found)
    return found


def project_of(request: Request, project_id: int, right: Right) -> Project:
    """A living project in which the caller has the right."""
    found = Project.objects.filter(pk=project_id, deleted_at=None).first()
    if found is None:
        raise ProblemRaised(404.2)
    rights.require(user_of(request), right, found)
    return found


def round_of(request: Request, round_id: int) -> Round:
    """A round of a living project that the caller sees."""
    found = (
        Round.objects.select_related("project")
        .filter(pk=round_id, project__deleted_at__isnull=True)
        .first()
    )
    if found is None:
        raise ProblemRaised(404.12)
    rights.require(user_of(request), Right.READ_PROJECT, found.project)
    return found


def only(request: Request, *names: str) -> None:
    """Refuse what else the query asks for: a filter that is misspelled would find everything."""
    unknown = sorted(set(request.query_params) - set(names))
    if unknown:
        raise ProblemRaised(400.2, field=", ".join(unknown).replace("\x00", "")[:200])


def object_of(request: Request) -> dict[str, Any]:
    """The body as a JSON object."""
    said = request.data
    if not isinstance(said, dict):
        raise ProblemRaised(400.1)
    return dict(said)


def text_of(said: dict[str, Any], name: str, default: str | None = None) -> str:
    """A text of the body; without a default it has to be there."""
    value: Any = said.get(name, default)
    if not bodies.is_storable(value):
        raise ProblemRaised(400.2, field=name)
    return str(value)
