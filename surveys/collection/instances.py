"""What an arrival says of itself: the head of its instance, and the rows that it would become."""

import hashlib
from typing import Final

from lxml import etree

from forms.instance import (
    InstanceFault,
    InstanceHead,
    MalformedInstance,
    head_named_by_bytes,
    head_of,
    is_envelope,
    parse_instance,
)
from forms.records import expected_attachments
from surveys.collection import file_names, store
from surveys.collection.arrival import Admission, Arrival, header_text
from surveys.collection.schemas import schema_of

FAULTS: Final = {
    InstanceFault.NOT_XML: 400.3,
    InstanceFault.DOCTYPE: 400.4,
    InstanceFault.NO_FORM_ID: 400.5,
    InstanceFault.NO_INSTANCE_ID: 400.8,
}
LONGEST_INSTANCE_ID = 250


def read(xml: bytes) -> tuple[etree._Element, InstanceHead]:
    """The parsed instance and its head; without an instanceID it is named by its bytes, which
    `intake.receive_parsed` takes only for a form that asks for none.

    Raises
    ------
    MalformedInstance : not a filled form.
    """
    root = parse_instance(xml)
    try:
        head = head_of(root)
    except MalformedInstance as fault:
        if fault.code is not InstanceFault.NO_INSTANCE_ID or is_envelope(root):
            raise
        head = head_named_by_bytes(root, xml)
    if len(head.instance_id) > LONGEST_INSTANCE_ID:
        raise MalformedInstance(InstanceFault.NO_INSTANCE_ID, "longer than 250 characters")
    return root, head


def new_submission(
    arrival: Arrival, root: etree._Element, head: InstanceHead, admitted: Admission
) -> store.NewSubmission:
    """The rows of an arrival in the version that it was admitted to."""
    assert admitted.form_id is not None
    assert admitted.form_version_id is not None
    schema = schema_of(admitted.form_version_id, admitted.form_md5)
    expected = expected_attachments(schema, root)
    return store.NewSubmission(
        project_id=admitted.project_id,
        form_id=admitted.form_id,
        form_version_id=admitted.form_version_id,
        is_draft=arrival.is_draft,
        instance_id=head.instance_id,
        instance_name=head.instance_name,
        actor_id=arrival.actor_id,
        device_id=header_text(arrival.device_id),
        user_agent=header_text(arrival.user_agent),
        xml=arrival.xml,
        sha256=hashlib.sha256(arrival.xml).hexdigest(),
        via=arrival.via,
        expected=expected,
        files=file_names.settled(expected, arrival.files),
    )
