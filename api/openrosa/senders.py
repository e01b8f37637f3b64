"""Who knocks: an enumerator's token in the address, or a person with a password over https."""

from dataclasses import dataclass

from django.http import HttpRequest

from api.authentication import identify
from api.problems import ProblemRaised
from surveys.collection import admission
from surveys.collection.models import Project
from surveys.collection.rights import Right, require


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody whose right in the project was checked; `token` is empty for a person."""

    actor_id: int
    project_id: int
    token: str = ""


def token_in(request: HttpRequest, token: str) -> str:
    """The token of the address, or of `?st=`; it wins over any password."""
    return token or request.GET.get("st", "")


def sender_of(request: HttpRequest, project_id: int, token: str) -> Sender:
    """The sender, by token or password.

    Raises
    ------
    ProblemRaised : 403.3 the token is unknown or revoked (never 401: Collect would ask for a
        password that does not exist), 401.2 no credential at all, 404.2 no such project.
    Refused : 403.1 signed in, but without the right to submit.
    """
    if token:
        actor_id = admission.sender(token, project_id)
        if actor_id is None:
            raise ProblemRaised(403.3)
        return Sender(actor_id, project_id, token)
    caller = identify(request)
    if caller is None:
        raise ProblemRaised(401.2)
    project = Project.objects.filter(pk=project_id, deleted_at__isnull=True).first()
    if project is None:
        raise ProblemRaised(404.2)
    require(caller.user, Right.SUBMIT, project)
    return Sender(caller.actor.pk, project_id)
