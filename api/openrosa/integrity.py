"""Which entities that a phone holds were deleted here (`?id=a,b,c`)."""

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from django.http import HttpRequest, HttpResponseBase

from api.openrosa import documents
from api.openrosa.answers import only_reading, openrosa
from api.openrosa.caching import xml_document
from api.openrosa.senders import Sender, sender_of, token_in
from api.problems import ProblemRaised
from forms.entity_checks import uuid_of
from surveys.collection.entities import access, filters, reading, usage
from surveys.collection.models import Project
from surveys.fieldwork import household_list

MOST_IDS: Final = 5000


@openrosa
def integrity(
    request: HttpRequest, project_id: int, entity_list: str, token: str = ""
) -> HttpResponseBase:
    """`<deleted>` for each known id; what the list never held is left out."""
    only_reading(request)
    sender = sender_of(request, project_id, token_in(request, token))
    if sender.link is not None:
        raise ProblemRaised(403.1)
    asked = [each.strip() for each in request.GET.get("id", "").split(",") if each.strip()]
    entries = "".join(
        f"<entity id={quoteattr(name)}><deleted>{str(gone).lower()}</deleted></entity>"
        for name, gone in _states(sender, project_id, entity_list, asked[:MOST_IDS]).items()
    )
    return xml_document(
        request, f"{documents.DECLARATION}<data><entities>{entries}</entities></data>\n"
    )


def _states(sender: Sender, project_id: int, name: str, asked: list[str]) -> Mapping[str, bool]:
    if name in access.GENERATED:
        # the households of a sample are never deleted
        return dict.fromkeys(household_list.known_names(project_id, asked), False)
    found = access.find_list(Project(pk=project_id), name)
    is_phone = bool(sender.token)
    if is_phone and not usage.is_read_by(found, sender.actor_id):
        raise ProblemRaised(403.1)
    reach = filters.reach_of(found, sender.actor_id if is_phone else None)
    known = [uuid for each in asked if (uuid := uuid_of(each)) is not None]
    return reading.deleted_states(found.pk, known, reach)
