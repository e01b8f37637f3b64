"""Values that app users carry, by which the rules of a list choose what a phone gets."""

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError, transaction

from forms.entity_checks import is_property_name
from surveys.collection import audit, rights
from surveys.collection.entities.access import EntityRefused
from surveys.collection.models import Actor, ActorProperty, AppUser, Project
from surveys.collection.rights import Right

LONGEST_VALUE: Final = 1000
_TAKEN: Final = "displayname"


def add_property(actor: Actor, project: Project, name: str) -> ActorProperty:
    """A name under which app users of the project can carry a value.

    Raises
    ------
    EntityRefused : 400.63 the name, 409.62 it is taken.
    """
    rights.require(actor, Right.MANAGE_PEOPLE, project)
    if not is_property_name(name) or name.lower() == _TAKEN:
        raise EntityRefused(400.63, name=name[:200])
    try:
        with transaction.atomic():
            made = ActorProperty.objects.create(project=project, name=name)
            audit.record("actor_property.create", actor=actor, project=project, name=name)
    except IntegrityError as error:
        raise EntityRefused(409.62, name=name) from error
    return made


def set_values(actor: Actor, app_user: AppUser, said: Mapping[str, str | None]) -> None:
    """Give an app user values; None and a blank take one away, what is not named stays.

    Raises
    ------
    EntityRefused : 404.64 the project knows no such name.
    """
    rights.require(actor, Right.MANAGE_PEOPLE, app_user.project)
    known = ActorProperty.objects.filter(project=app_user.project)
    unknown = sorted(said.keys() - set(known.values_list("name", flat=True)))
    if unknown:
        raise EntityRefused(404.64, name=unknown[0][:200])
    with transaction.atomic():
        held = AppUser.objects.select_for_update().get(pk=app_user.pk).properties
        values = {
            **held,
            **{name: (value or "").strip()[:LONGEST_VALUE] for name, value in said.items()},
        }
        app_user.properties = {name: value for name, value in values.items() if value}
        AppUser.objects.filter(pk=app_user.pk).update(properties=app_user.properties)
        audit.record(
            "field_key.update",
            actor=actor,
            project=app_user.project,
            app_user=app_user.pk,
            properties=sorted(said),
        )
