"""Bytes in quarantine handed to a form once more, as staff decide; the bytes themselves stay."""

from dataclasses import dataclass, replace

from forms.instance import InstanceHead, MalformedInstance
from surveys.collection import admission as admissions
from surveys.collection import edits, instances, intake
from surveys.collection.arrival import Admission, Arrival, Outcome, Receipt
from surveys.collection.known import known_version
from surveys.collection.models import FormVersion, Quarantined, SubmissionVersion


@dataclass(frozen=True, slots=True)
class Repair:
    """What staff decide about a row; without any of it, it is tried as it came.

    `form_version`: the form and version that it belongs to, whatever its XML says.
    `as_original`: an edit whose original never came becomes a record of its own.
    `on_newest`: an edit of a copy that was edited since goes on top of the newest version.
    """

    form_version: FormVersion | None = None
    as_original: bool = False
    on_newest: bool = False


def take_again(row: Quarantined, repair: Repair) -> Receipt:
    """Hand what was kept to its form; that staff ask for it opens a closed form."""
    arrival = edits.arrival_of(row)
    try:
        root, head = instances.read(arrival.xml)
    except MalformedInstance as fault:
        return Receipt(Outcome.MALFORMED, problem=instances.FAULTS[fault.code], detail=fault.detail)
    admitted = _admission(arrival, head, repair.form_version)
    if admitted is None or admitted.form_id is None:
        return Receipt(Outcome.QUARANTINED, problem=202.1)
    if admitted.form_version_id is None:
        return Receipt(Outcome.QUARANTINED, problem=202.2)
    if repair.as_original:
        head = replace(head, deprecated_id="")
    elif repair.on_newest:
        head = replace(head, deprecated_id=_newest(admitted.form_id, head.deprecated_id))
    return intake.receive_parsed(arrival, root, head, replace(admitted, form_state="open"))


def _admission(
    arrival: Arrival, head: InstanceHead, version: FormVersion | None
) -> Admission | None:
    if version is None:
        return admissions.by_project(arrival.project_id, arrival.actor_id, head)
    return admissions.to_version(version, arrival.actor_id)


def _newest(form_id: int, deprecated_id: str) -> str:
    """The instanceID of the version that stands today where `deprecated_id` stood."""
    known = known_version(form_id, deprecated_id, is_draft=False)
    if known is None:
        return deprecated_id
    current = SubmissionVersion.objects.get(submission=known.submission_id, is_current=True)
    return current.instance_id
