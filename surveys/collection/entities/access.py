"""Who reads and changes entities.

Their values are answers of respondents as often as not, and no entity stands in a commune: so
they are for those who review records of the whole project. The office that is rated reviews
nothing and reads none. That a list exists, and its columns, everybody of the project may know.
"""

from surveys.collection import audit, rights
from surveys.collection.audit import Reading
from surveys.collection.blank_forms import GENERATED_LIST
from surveys.collection.models import Actor, EntityList, Project
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right, Who

# Made anew from other tables by `fieldwork`; nobody changes them here.
GENERATED = frozenset({GENERATED_LIST})


class EntityRefused(Refused):
    """A list or an entity cannot be made or changed so."""


def may_read(who: Who, project: Project) -> bool:
    """Whether the person reads entities of the project."""
    access = rights.access_of(who)
    return (
        access.may(Right.REVIEW, project.pk) and access.communes(Right.REVIEW, project.pk) is None
    )


def require_read(who: Who, project: Project) -> None:
    """Raise `Forbidden` unless `may_read`; who reads entities also creates and updates them."""
    rights.require(who, Right.REVIEW, project)
    if not may_read(who, project):
        raise rights.Forbidden(403.1, right=Right.REVIEW.value)


def note_reading(actor: Actor, project: Project, name: str, *, via: str, uuid: str = "") -> None:
    """Note that somebody reads the values of a list, or of one entity."""
    asked = {"dataset": name.replace("\x00", "")[:200], "uuid": uuid.replace("\x00", "") or None}
    audit.note_reading(Reading.ENTITIES, actor, project=project, asked=asked, via=via)


def require_delete(who: Who, project: Project) -> None:
    require_read(who, project)
    rights.require(who, Right.DELETE_RECORDS, project)


def find_list(project: Project, name: str) -> EntityList:
    """The living list of a name; letter case counts, as everywhere on a phone.

    Raises
    ------
    EntityRefused : 409.68 it is generated, 404.61 there is none.
    """
    if name in GENERATED:
        raise EntityRefused(409.68, name=name)
    # PostgreSQL cannot be asked for a name with NUL in it.
    asked = name.replace("\x00", "")
    found = EntityList.objects.filter(project=project, name=asked, deleted_at=None).first()
    if found is None or asked != name:
        raise EntityRefused(404.61, name=name)
    found.project = project
    return found
