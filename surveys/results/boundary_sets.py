"""The stored boundary sets: what each is, which published results are drawn on it, removal."""

from django.db import transaction

from surveys.collection import rights
from surveys.collection.audit import record
from surveys.collection.models import Actor
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.results.models import Run
from surveys.results.reading.places import communes_of
from surveys.territory.boundaries import boundary_set_for
from surveys.territory.models import BoundarySet


def published_on() -> dict[int, list[Run]]:
    """By key of a set, the published runs whose maps are drawn on it."""
    found: dict[int, list[Run]] = {}
    runs = Run.objects.filter(published_at__isnull=False).select_related("round")
    for run in runs.order_by("-published_at"):
        drawn = boundary_set_for(communes_of(run))
        if drawn is not None:
            found.setdefault(drawn.pk, []).append(run)
    return found


def remove(actor: Actor, kept: BoundarySet) -> None:
    """Delete a set with its shapes, unless published maps stand on it.

    Raises
    ------
    Forbidden : without the right to administer.
    Refused : 409.143 a published result is drawn on it.
    """
    rights.require(actor, Right.ADMINISTER)
    with transaction.atomic():
        held = BoundarySet.objects.select_for_update().filter(pk=kept.pk).first()
        if held is None:
            return
        if runs := published_on().get(held.pk):
            raise Refused(409.143, rounds=", ".join(sorted({run.round.name_vi for run in runs})))
        record("boundaries.remove", actor=actor, name=held.name, set=held.pk, sha256=held.sha256)
        held.delete()
