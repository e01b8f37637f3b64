"""The one door in: bytes become a stored submission, once, whatever is repeated or cut off."""

import hashlib
from dataclasses import replace

from django.db import IntegrityError
from lxml import etree

from forms.instance import InstanceFault, InstanceHead, MalformedInstance
from surveys.collection import admission as admissions
from surveys.collection import edits, instances, quarantine, store, waiting_edits
from surveys.collection.arrival import LONGEST_NAME, Admission, Arrival, Outcome, Receipt
from surveys.collection.known import is_stored, known_version
from surveys.collection.schemas import schema_of


def receive(arrival: Arrival, admitted: Admission | None = None) -> Receipt:
    """Store an arrival. The sender's right to the project was checked by the door.

    Without `admitted` the form is looked up and the right to it taken as checked too. What came
    back as stored is on the disk; records are made afterwards (`pipeline.derive`).
    """
    try:
        root, head = instances.read(arrival.xml)
    except MalformedInstance as fault:
        return malformed(arrival, fault)
    return receive_parsed(arrival, root, head, admitted)


def receive_parsed(
    arrival: Arrival, root: etree._Element, head: InstanceHead, admitted: Admission | None
) -> Receipt:
    """`receive` for a door that has read the head already, to ask for the form with one query."""
    receipt = _placed(arrival, root, head, admitted)
    # A new submission settles what came of it in a cut body by the statement that stores it.
    if receipt.outcome not in {Outcome.CREATED, Outcome.FORBIDDEN} and not arrival.is_draft:
        quarantine.settle_cut(arrival)
    return receipt


def cut(arrival: Arrival, reason: float, details: str) -> None:
    """Keep what came of a body that broke off, unless the same XML is stored already: then the
    phone sends the files again, and nothing waits for staff."""
    try:
        _, head = instances.read(arrival.xml)
    except MalformedInstance:
        quarantine.keep(arrival, reason, details=details)
        return
    if not is_stored(arrival.project_id, head, hashlib.sha256(arrival.xml).hexdigest()):
        quarantine.keep(arrival, reason, head=head, details=details)


def _placed(
    arrival: Arrival, root: etree._Element, head: InstanceHead, admitted: Admission | None
) -> Receipt:
    if admitted is None:
        admitted = admissions.by_project(arrival.project_id, arrival.actor_id, head)
    if head.is_named_by_bytes and _asks_for_id(admitted):
        return malformed(arrival, MalformedInstance(InstanceFault.NO_INSTANCE_ID))
    if admitted is None or admitted.form_id is None:
        return _kept(arrival, head, 202.1)
    if not admitted.may_submit:
        return Receipt(Outcome.FORBIDDEN, problem=403.1)
    if admitted.form_version_id is None:
        return _kept(arrival, head, 202.2)
    new = instances.new_submission(arrival, root, head, admitted)
    if any(len(slot.name) > LONGEST_NAME for slot in store.slots_of(new.expected, new.files)):
        return _kept(arrival, head, 202.5, details="a file name is longer than 255 characters")
    take = _created
    if admitted.form_state == "closed":
        take = _after_closing
    elif head.deprecated_id:
        take = _edited
    return take(arrival, head, new)


def _asks_for_id(admitted: Admission | None) -> bool:
    """Whether the form has an instanceID; of an unknown form one is taken to be missing."""
    if admitted is None or admitted.form_version_id is None:
        return True
    schema = schema_of(admitted.form_version_id, admitted.form_md5)
    return schema.find("meta/instanceID") is not None


def malformed(arrival: Arrival, fault: MalformedInstance) -> Receipt:
    """Keep bytes that are no filled form; the phone is told to look at the record."""
    code = instances.FAULTS[fault.code]
    if arrival.xml or arrival.files:
        _put_aside(arrival, code, details=fault.detail[:500])
    return Receipt(Outcome.MALFORMED, problem=code, detail=fault.detail)


def _created(arrival: Arrival, head: InstanceHead, new: store.NewSubmission) -> Receipt:
    try:
        stored = store.insert(new)
    except IntegrityError:
        stored = None  # the instanceID is that of an edit
    if stored is None:
        return _known(arrival, head, new)
    if stored.has_waiting_edit:
        waiting_edits.replay(new.project_id, head.form_id, new.instance_id)
    return Receipt(
        Outcome.CREATED, stored.submission_id, stored.version_id, new.form_id, new.instance_id
    )


def _edited(arrival: Arrival, head: InstanceHead, new: store.NewSubmission) -> Receipt:
    if known_version(new.form_id, new.instance_id, is_draft=new.is_draft) is not None:
        return _known(arrival, head, new)
    base = known_version(new.form_id, head.deprecated_id, is_draft=new.is_draft)
    if base is not None and base.is_withdrawn:
        return _kept(arrival, head, 202.6)
    receipt = edits.apply(new, head.deprecated_id)
    if receipt.is_stored:
        waiting_edits.replay(new.project_id, head.form_id, new.instance_id)
        return receipt
    if receipt.outcome is Outcome.QUARANTINED:
        return _early(arrival, head, new)
    if known_version(new.form_id, new.instance_id, is_draft=new.is_draft) is not None:
        return _known(arrival, head, new)  # the same edit came twice at the same moment
    _put_aside(arrival, receipt.problem, head=head)
    return receipt


def _early(arrival: Arrival, head: InstanceHead, new: store.NewSubmission) -> Receipt:
    """An edit of something that is not there yet waits for it."""
    # A longer id than any that is stored; PostgreSQL's index could not take it whole.
    waits_for = head.deprecated_id[: instances.LONGEST_INSTANCE_ID + 1]
    kept = _kept(arrival, head, 202.4, details=waits_for)
    # The original may have been stored between the look and the keeping, without seeing it.
    if waiting_edits.replay(new.project_id, head.form_id, head.deprecated_id):
        found = _known(arrival, head, new)
        return replace(found, outcome=Outcome.EDITED) if found.is_stored else found
    return kept


def _known(arrival: Arrival, head: InstanceHead, new: store.NewSubmission) -> Receipt:
    """The instanceID is there: the same bytes are a resend, other bytes a conflict."""
    known = known_version(new.form_id, new.instance_id, is_draft=new.is_draft)
    if known is None:
        raise IntegrityError(f"{new.instance_id} is neither new nor known")
    if known.sha256 != new.sha256:
        _put_aside(arrival, 409.1, head=head)
        return Receipt(Outcome.CONFLICT, known.submission_id, form_id=new.form_id, problem=409.1)
    if known.is_deleted:
        if not known.is_purged and store.has_new_files(known.version_id, new.files):
            _put_aside(arrival, 409.2, head=head)
        return Receipt(Outcome.DELETED, known.submission_id, form_id=new.form_id, problem=409.2)
    return waiting_edits.resent(known, new)


def _after_closing(arrival: Arrival, head: InstanceHead, new: store.NewSubmission) -> Receipt:
    """A closed form takes nothing new; the resend of what it has is still a success."""
    known = known_version(new.form_id, new.instance_id, is_draft=new.is_draft)
    if known is not None:
        return _known(arrival, head, new)
    return _kept(arrival, head, 202.3)


def _kept(arrival: Arrival, head: InstanceHead, reason: float, *, details: str = "") -> Receipt:
    if arrival.is_draft:  # a trial that cannot be stored is refused at once
        refused = 409.7 if reason == 202.3 else 409.3
        return Receipt(Outcome.CONFLICT, instance_id=head.instance_id, problem=refused)
    _put_aside(arrival, reason, head=head, details=details)
    return Receipt(Outcome.QUARANTINED, instance_id=head.instance_id, problem=reason)


def _put_aside(
    arrival: Arrival, reason: float, *, head: InstanceHead | None = None, details: str = ""
) -> None:
    """Keep what cannot be stored; trials of a draft are nothing that anybody would miss."""
    if not arrival.is_draft:
        quarantine.keep(arrival, reason, head=head, details=details)
