"""Who knocks: a phone's or a public link's token, or a person with a password over https."""

from dataclasses import dataclass

from django.http import HttpRequest

from api.authentication import identify
from api.problems import ProblemRaised
from surveys.collection import admission, link_door
from surveys.collection.models import Project, PublicLink
from surveys.collection.rights import Right, require


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody whose right in the project was checked; `token` is empty for a person."""

    actor_id: int
    project_id: int
    token: str = ""
    link: PublicLink | None = None


def token_in(request: HttpRequest, token: str) -> str:
    """The token of the address, or of `?st=`; it wins over any password."""
    return token or request.GET.get("st", "")


def sender_of(request: HttpRequest, project_id: int, token: str) -> Sender:
    """The sender, by token or password.

    Raises
    ------
    ProblemRaised : 403.3 the token is unknown or revoked (never 401: Collect would ask for a
        password that does not exist), 401.2 no credential at all, 404.2 no such project.
    Refused : 403.1 signed in, but without the right to submit; 403.32, 403.33 a link that takes
        nothing now.
    """
    if token:
        actor_id = admission.sender(token, project_id)
        if actor_id is not None:
            return Sender(actor_id, project_id, token)
        link = link_by(token, project_id)
        return Sender(link.pk, project_id, token, link)
    caller = identify(request)
    if caller is None:
        raise ProblemRaised(401.2)
    project = Project.objects.filter(pk=project_id, deleted_at__isnull=True).first()
    if project is None:
        raise ProblemRaised(404.2)
    require(caller.user, Right.SUBMIT, project)
    return Sender(caller.actor.pk, project_id)


def link_by(token: str, project_id: int) -> PublicLink:
    """The public link of a token that no phone has; 403.3 when there is none."""
    link = link_door.link_of(token, project_id)
    if link is None:
        raise ProblemRaised(403.3)
    link_door.require_living(link)
    return link
