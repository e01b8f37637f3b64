"""Old forms have no instanceID: their records are named by their bytes."""

import pytest

from surveys.collection import intake, publishing
from surveys.collection.arrival import Arrival, Outcome
from surveys.collection.models import Submission
from surveys.fieldwork import pipeline
from tests.cast import Cast, make_cast, xform

OLD = b"<data id='F' version='1'><name>Lan</name><age>34</age><photo/></data>"


@pytest.fixture
def cast(db: None) -> Cast:
    del db
    return make_cast()


def publish(cast: Cast, form: bytes) -> None:
    publishing.create_form(cast.admin.actor, cast.project, form, publish=True)


def send(cast: Cast, body: bytes) -> Outcome:
    receipt = intake.receive(Arrival(cast.project.pk, cast.admin.actor.pk, body))
    if receipt.submission_id is not None:
        pipeline.derive(receipt.submission_id)
    return receipt.outcome


def nameless() -> bytes:
    text = xform().decode().replace("<meta><instanceID/></meta>", "")
    return "\n".join(each for each in text.splitlines() if "instanceID" not in each).encode()


def test_the_same_bytes_are_one_record_and_others_another(cast: Cast) -> None:
    publish(cast, nameless())
    assert send(cast, OLD) is Outcome.CREATED
    assert send(cast, OLD) is Outcome.UNCHANGED
    assert send(cast, OLD.replace(b"34", b"35")) is Outcome.CREATED
    assert Submission.objects.count() == 2
    first = Submission.objects.order_by("pk")[0]
    assert first.instance_id.startswith("uuid:")
    assert first.records.get().values["age"] == "34"


def test_a_form_that_asks_for_an_instance_id_takes_no_record_without(cast: Cast) -> None:
    publish(cast, xform())
    assert send(cast, OLD) is Outcome.MALFORMED
    assert Submission.objects.count() == 0


def test_a_record_without_id_of_an_unknown_form_is_malformed(cast: Cast) -> None:
    assert send(cast, OLD) is Outcome.MALFORMED
