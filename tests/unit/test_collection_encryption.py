"""Encrypted forms: keys of projects and of forms, and opening records for one export."""

from collections.abc import Mapping
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from surveys.collection import blobs, intake, publishing
from surveys.collection.arrival import Arrival, FileArrived, Outcome, Receipt
from surveys.collection.encryption.managed import EncryptionRefused, encrypt_project
from surveys.collection.encryption.opening import Fault, Opening, keys_in_use, open_with
from surveys.collection.models import Attachment, Form, FormVersion, Key, Project, Record, Role
from surveys.collection.publishing import PublishRefused
from surveys.collection.rights import Forbidden
from surveys.collection.safekeeping import tables
from surveys.fieldwork import pipeline
from tests.cast import Cast, filled, make_cast, make_user, published, with_file, xform
from tests.encryptor import Sent, encrypt, own_pair

pytestmark = pytest.mark.django_db
PASSPHRASE = "một câu dài dễ nhớ"
ANSWERS = "<name>Bí mật của Lan</name><age>34</age><photo>1.jpg</photo>"
PHOTO = b"\xff\xd8\xff anh " * 500


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def form(cast: Cast) -> Form:
    """A published form of a project that was encrypted afterwards."""
    form = published(cast.alice.actor, cast.project)
    encrypt_project(cast.alice.actor, cast.project, PASSPHRASE, "câu hát")
    form.refresh_from_db()
    return form


def current(form: Form) -> FormVersion:
    assert form.current is not None
    return form.current


def sealed(form: Form, instance_id: str = "uuid:1", *, answers: str = ANSWERS) -> Sent:
    version = current(form)
    assert version.key is not None
    record = filled("F", instance_id, version=version.version, answers=answers)
    return encrypt(
        version.key.public,
        "F",
        version.version,
        instance_id,
        record=record,
        media={"1.jpg": PHOTO},
    )


def send(cast: Cast, envelope: bytes, files: Mapping[str, bytes]) -> Receipt:
    receipt = intake.receive(
        Arrival(
            project_id=cast.project.pk,
            actor_id=cast.alice.actor_id,
            xml=envelope,
            files=tuple(
                FileArrived(name, "application/octet-stream", blobs.store(data))
                for name, data in files.items()
            ),
        )
    )
    if receipt.needs_deriving:
        assert receipt.submission_id is not None
        pipeline.derive(receipt.submission_id)
    return receipt


def stored(cast: Cast, form: Form, *, without: str = "") -> int:
    """The version id of an encrypted submission, perhaps without one of its files."""
    one = sealed(form)
    files = {name: data for name, data in one.files.items() if name != without}
    receipt = send(cast, one.envelope, files)
    assert receipt.outcome is Outcome.CREATED
    assert receipt.version_id is not None
    return receipt.version_id


def opening(form: Form) -> Opening:
    return open_with(form, {current(form).key_id or 0: PASSPHRASE})


def test_every_form_of_the_project_gets_a_version_with_the_key(cast: Cast) -> None:
    admin = cast.alice.actor
    plain = published(admin, cast.project)
    both = publishing.create_form(admin, cast.project, xform("G", body=with_file("l.csv")))
    publishing.attach_to_draft(admin, both, "l.csv", b"a,b\n", "text/csv")
    publishing.publish_draft(admin, both)
    publishing.set_draft(admin, both, xform("G", "2", body=with_file("l.csv")))
    elsewhere = published(cast.bob.actor, cast.other)
    key = encrypt_project(admin, cast.project, PASSPHRASE)
    for form in (plain, both, elsewhere):
        form.refresh_from_db()
    assert current(plain).key == current(both).key == key
    assert current(plain).version.startswith("1[encrypted:")
    assert key.public.encode() in bytes(current(plain).xform)
    assert both.draft is not None
    assert both.draft.key == key
    assert both.draft.version.startswith("2[encrypted:")
    assert all(v.attachments.get().blob_id for v in (current(both), both.draft))
    assert current(elsewhere).key is None
    assert publishing.versions_of(plain).count() == 2
    assert send(cast, filled(instance_id="uuid:old"), {}).outcome is Outcome.CREATED


def test_forms_that_come_later_get_the_key_as_well(cast: Cast, form: Form) -> None:
    later = published(cast.alice.actor, cast.project, "G")
    assert current(later).key == current(form).key
    publishing.set_draft(cast.alice.actor, form)  # a copy of what has the key already
    assert form.draft is not None
    assert form.draft.version == current(form).version
    publishing.set_draft(cast.alice.actor, form, xform("F", "1"))
    with pytest.raises(PublishRefused, match=r"409\.4"):  # version 1 stands already
        publishing.publish_draft(cast.alice.actor, form)


def test_a_form_with_a_key_of_its_own_keeps_it(cast: Cast) -> None:
    public, _ = own_pair()
    own = xform().replace(
        b"</model>", f'<submission base64RsaPublicKey="{public}"/></model>'.encode()
    )
    form = publishing.create_form(cast.alice.actor, cast.project, own, publish=True)
    encrypt_project(cast.alice.actor, cast.project, PASSPHRASE)
    form.refresh_from_db()
    assert current(form).version == "1"
    key = current(form).key
    assert key is not None
    assert (key.public, key.is_managed, key.private) == (public, False, None)


def test_a_form_whose_key_is_none_is_refused(cast: Cast) -> None:
    bad = xform().replace(b"</model>", b'<submission base64RsaPublicKey="AAAA"/></model>')
    with pytest.raises(PublishRefused, match=r"400\.94"):
        publishing.create_form(cast.alice.actor, cast.project, bad)
    assert not Key.objects.exists()
    assert not Form.objects.exists()


def test_a_project_is_encrypted_once_by_a_manager_with_a_long_passphrase(cast: Cast) -> None:
    viewer = make_user("vu", Role.VIEWER, cast.project)
    for actor in (viewer.actor, cast.bob.actor):
        with pytest.raises(Forbidden):
            encrypt_project(actor, cast.project, PASSPHRASE)
    for passphrase, code in (("", "400.2"), ("   ", "400.2"), ("ngắn quá", "400.91")):
        with pytest.raises(EncryptionRefused, match=code):
            encrypt_project(cast.alice.actor, cast.project, passphrase)
    encrypt_project(cast.alice.actor, cast.project, PASSPHRASE)
    with pytest.raises(EncryptionRefused, match=r"409\.97"):
        encrypt_project(cast.alice.actor, cast.project, PASSPHRASE)
    assert Key.objects.count() == 1


def test_an_envelope_is_stored_with_its_files_and_shows_no_answer(cast: Cast, form: Form) -> None:
    version = stored(cast, form)
    slots = list(Attachment.objects.filter(version=version).values_list("name", "is_expected"))
    assert sorted(slots) == [("1.jpg.enc", True), ("submission.xml.enc", True)]
    record = Record.objects.get()
    assert record.values == {"meta/instanceID": "uuid:1"}
    assert list(keys_in_use(form)) == [current(form).key]


def test_the_passphrase_opens_what_the_phone_encrypted(cast: Cast, form: Form) -> None:
    version = stored(cast, form)
    found = opening(form)
    rows = found(version)
    assert rows is not None
    assert rows[0].values["name"] == "Bí mật của Lan"
    assert found.record(version) == filled(
        "F", "uuid:1", version=current(form).version, answers=ANSWERS
    )
    photo = found.file(version, "1.jpg.enc")
    assert photo is not None
    assert b"".join(photo) == PHOTO
    assert found.check(version)
    assert found.remarks == []


def test_columns_that_are_never_stored_do_not_leave_an_encrypted_record_either(
    cast: Cast, form: Form
) -> None:
    Form.objects.filter(pk=form.pk).update(never_stored=["name"])
    rows = opening(form)(stored(cast, form))
    assert rows is not None
    assert "name" not in rows[0].values


def test_a_wrong_passphrase_is_told_with_the_hint(form: Form) -> None:
    with pytest.raises(EncryptionRefused, match=r"400\.92") as refused:
        open_with(form, {current(form).key_id or 0: "sai mật khẩu"})
    assert "câu hát" in refused.value.vi
    assert "sai mật khẩu" not in str(refused.value)
    assert open_with(form, {999: "of another form"}).remarks == []


def test_an_own_key_opens_with_the_fitting_private_key(cast: Cast) -> None:
    public, pem = own_pair()
    own = xform().replace(
        b"</model>", f'<submission base64RsaPublicKey="{public}"/></model>'.encode()
    )
    form = publishing.create_form(cast.alice.actor, cast.project, own, publish=True)
    version = stored(cast, form)
    key = current(form).key_id or 0
    assert open_with(form, {key: pem})(version) is not None
    for wrong in (own_pair()[1], "mật khẩu", "-----BEGIN PRIVATE KEY-----\nAAAA"):
        with pytest.raises(EncryptionRefused, match=r"400\.93"):
            open_with(form, {key: wrong})


def test_without_its_key_a_record_stays_closed(cast: Cast, form: Form) -> None:
    found = Opening({})
    assert found(stored(cast, form)) is None
    assert [each.fault for each in found.remarks] == [Fault.NOT_DECRYPTED]


def test_a_record_whose_file_has_not_come_says_so(cast: Cast, form: Form) -> None:
    found = opening(form)
    assert found(stored(cast, form, without="submission.xml.enc")) is None
    assert found.remarks[0].fault is Fault.RECORD_MISSING
    assert found.remarks[0].instance_id == "uuid:1"


def test_a_photo_that_has_not_come_is_named_and_the_answers_open(cast: Cast, form: Form) -> None:
    version = stored(cast, form, without="1.jpg.enc")
    found = opening(form)
    assert found(version) is not None
    assert found.file(version, "1.jpg.enc") is None
    assert not found.check(version)
    assert {(each.fault, each.name) for each in found.remarks} == {(Fault.FILE_MISSING, "1.jpg")}


def test_files_of_two_records_that_were_exchanged_are_flagged(cast: Cast, form: Form) -> None:
    other = sealed(form, "uuid:2")
    one = sealed(form)
    mixed = one.envelope.replace(
        one.envelope.partition(b"Signature>")[2], other.envelope.partition(b"Signature>")[2]
    )
    receipt = send(cast, mixed, one.files)
    found = opening(form)
    assert receipt.version_id is not None
    assert not found.check(receipt.version_id)
    assert found.remarks[0].fault is Fault.INCONSISTENT


def test_a_damaged_record_stays_closed(cast: Cast, form: Form) -> None:
    one = sealed(form)
    receipt = send(cast, one.envelope, {"submission.xml.enc": b"cut off here", "1.jpg.enc": b"x"})
    found = opening(form)
    assert receipt.version_id is not None
    assert found(receipt.version_id) is None
    assert found.remarks[0].fault is Fault.NOT_DECRYPTED


def test_the_passphrase_is_stored_nowhere(cast: Cast, form: Form) -> None:
    opening(form)(stored(cast, form))
    for table in tables.kept_tables(apps):
        for row in tables.rows(connection, table):  # type: ignore[arg-type] # the proxy is one
            line = tables.as_line(row).decode()
            assert PASSPHRASE not in line
            assert "Bí mật của Lan" not in line
    assert PASSPHRASE not in repr(opening(form))


def test_a_project_shows_its_key(form: Form) -> None:
    assert Project.objects.get(pk=form.project_id).key == current(form).key


def test_forms_that_brought_a_key_before_there_were_rows_for_keys_get_one(cast: Cast) -> None:
    public, _ = own_pair()
    own = xform().replace(
        b"</model>", f'<submission base64RsaPublicKey="{public}"/></model>'.encode()
    )
    form = publishing.create_form(cast.alice.actor, cast.project, own, publish=True)
    published(cast.bob.actor, cast.other)
    FormVersion.objects.update(key=None)
    Key.objects.all().delete()
    import_module("surveys.collection.migrations.0014_own_keys").note_keys(apps, None)
    form.refresh_from_db()
    key = current(form).key
    assert key is not None
    assert (key.public, key.is_managed) == (public, False)
    assert FormVersion.objects.filter(key=None).count() == 1
