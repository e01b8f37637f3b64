"""Puts down what was pulled: the same bytes under the same ids, with the dates they had there.

Everything may run twice. A version, a submission, a file or a comment that is there already stays
as it is; one that differs is told, never overwritten.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import transaction

from forms.instance import InstanceHead, MalformedInstance
from surveys.collection import (
    admission,
    audit,
    blobs,
    instances,
    intake,
    people,
    publishing,
    publishing_files,
)
from surveys.collection.arrival import LONGEST_NAME, Admission, Arrival, FileArrived, Outcome
from surveys.collection.blobs import StoredBlob
from surveys.collection.models import (
    Actor,
    AppUser,
    AuditEvent,
    Comment,
    Form,
    FormVersion,
    Project,
    Submission,
    SubmissionVersion,
)
from surveys.fieldwork import pipeline
from surveys.fieldwork.importing.pulled import Edit, File, Person, Pulled, Remark, Version
from surveys.fieldwork.importing.remote import RemoteFault

PERSON: Final = "import.person"
VIA: Final = "import"
TRIES: Final = 3  # of one file


class NotStored(Exception):
    """Why something could not be put down."""


@dataclass
class Store:
    """One project as the place where things go."""

    project: Project
    origin: str  # the address they come from
    actor: Actor = field(default_factory=people.system_actor)
    _people: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = AuditEvent.objects.filter(
            action=PERSON, project_id=self.project.pk, details__origin=self.origin
        )
        self._people = {each.details["key"]: each.details["number"] for each in known}

    def form(self, versions: Sequence[Version], form_id: str) -> Form:
        """The form with all these versions published, in their order.

        Raises
        ------
        NotStored : a draft of somebody stands in the way, or a version has other bytes here.
        publishing.PublishRefused : this server cannot take the form; says why.
        """
        form = Form.objects.filter(
            project=self.project, xml_form_id=form_id, deleted_at=None
        ).first()
        ours = {hashlib.sha256(each.xform).hexdigest() for each in versions}
        if form is not None and form.draft is not None and form.draft.sha256 not in ours:
            raise NotStored(f"a draft of {form_id} stands here; publish or delete it first")
        for version in versions:
            form = self._version(form, version)
        if form is None:
            raise NotStored(f"{form_id} was never published there")
        return form

    def stand_in(self, form: Form, version: str) -> None:
        """Make a version that the other server has no more out of the current one.

        Briefcase's protocol hands out the newest form alone, while submissions name the one that
        they were filled with.
        """
        assert form.current is not None
        now_current = form.current
        publishing.set_draft(self.actor, form, bytes(now_current.xform))
        made = publishing.publish_draft(self.actor, form, version)
        FormVersion.objects.filter(pk=made.pk).update(published_at=now_current.published_at)
        Form.objects.filter(pk=form.pk).update(current=now_current)
        audit.record("form.stand_in", actor=self.actor, form=form, version=version)
        form.refresh_from_db()

    def submission(self, form: Form, pulled: Pulled, *, may_stand_in: bool) -> None:
        """A submission with its versions, files, review state and comments.

        Raises
        ------
        NotStored : it is not a filled form, or other bytes stand under its id.
        """
        for edit in pulled.edits:
            self._edit(form, edit, may_stand_in=may_stand_in)
        found = Submission.objects.filter(
            form=form, is_draft=False, instance_id=pulled.instance_id
        ).first()
        if found is None:
            raise NotStored("its versions do not lead back to its id")
        with transaction.atomic():
            self._dates(found, pulled)
            for remark in pulled.remarks:
                self._remark(found, remark)
        pipeline.derive(found.pk)

    def person(self, person: Person | None) -> int | None:
        """The actor for somebody of the other server: made once, and never able to sign in."""
        if person is None:
            return None
        if person.key not in self._people:
            with transaction.atomic():
                kind = Actor.Kind.APP_USER if person.is_phone else Actor.Kind.USER
                made = Actor.objects.create(kind=kind, display_name=person.name[:120])
                if person.is_phone:  # in the list of enumerators, with no token
                    AppUser.objects.create(actor=made, project=self.project, token=None)
                audit.record(
                    PERSON,
                    actor=self.actor,
                    project=self.project,
                    origin=self.origin,
                    key=person.key,
                    number=made.pk,
                )
            self._people[person.key] = made.pk
        return self._people[person.key]

    def _version(self, form: Form | None, version: Version) -> Form:
        sha256 = hashlib.sha256(version.xform).hexdigest()
        if form is not None:
            there = FormVersion.objects.filter(
                form=form, version=version.version, published_at__isnull=False
            ).first()
            if there is not None and there.sha256 != sha256:
                raise NotStored(f"version {version.version!r} of the form has other content here")
            if there is not None:
                return form
            publishing.set_draft(
                self.actor,
                form,
                version.xform,
                workbook=version.workbook,
                workbook_name=version.workbook_name,
            )
        else:
            form = publishing.create_form(
                self.actor,
                self.project,
                version.xform,
                workbook=version.workbook,
                workbook_name=version.workbook_name,
            )
        for file in version.files:
            self._form_file(form, file)
        made = publishing.publish_draft(self.actor, form)
        if version.published_at is not None:
            FormVersion.objects.filter(pk=made.pk).update(published_at=version.published_at)
        return form

    def _form_file(self, form: Form, file: File) -> None:
        try:
            publishing_files.draft_slot(form, file.name)
        except publishing_files.FileRefused:
            return  # the form names it no more
        stored, content_type = _fetched(file)
        with blobs.open_blob(stored.sha256) as stream:
            publishing_files.attach_to_draft(
                self.actor, form, file.name, stream, file.content_type or content_type
            )

    def _edit(self, form: Form, edit: Edit, *, may_stand_in: bool) -> None:
        files = tuple(_arrived(edit.files))
        arrival = Arrival(
            self.project.pk,
            self.person(edit.sender),
            edit.xml,
            files,
            edit.device_id,
            edit.user_agent,
            via=VIA,
        )
        try:
            root, head = instances.read(edit.xml)
        except MalformedInstance as fault:
            raise NotStored(f"no filled form: {fault}") from fault
        admitted = self._admitted(form, edit, arrival.actor_id, head)
        if admitted is not None and admitted.form_version_id is None and may_stand_in:
            self.stand_in(form, head.version)
            admitted = admission.by_project(self.project.pk, arrival.actor_id, head)
        receipt = intake.receive_parsed(arrival, root, head, _opened(admitted))
        if receipt.outcome is Outcome.DELETED:
            raise NotStored("it was deleted here")
        if not receipt.is_stored:
            raise NotStored(f"problem {receipt.problem}: {receipt.detail or receipt.outcome.value}")
        if edit.received_at is not None and receipt.version_id is not None:
            SubmissionVersion.objects.filter(pk=receipt.version_id).update(
                created_at=edit.received_at
            )

    def _admitted(
        self, form: Form, edit: Edit, actor_id: int | None, head: InstanceHead
    ) -> Admission | None:
        """The version that it stands in there, or the one that its XML names."""
        if edit.form_version is not None:
            version = FormVersion.objects.select_related("form").filter(
                form=form, version=edit.form_version, published_at__isnull=False
            )
            if chosen := version.first():
                return admission.to_version(chosen, actor_id)
        return admission.by_project(self.project.pk, actor_id, head)

    def _dates(self, found: Submission, pulled: Pulled) -> None:
        first = pulled.received_at or pulled.edits[0].received_at
        changes: dict[str, object] = {
            "review_state": pulled.review_state,
            "updated_at": pulled.updated_at,
        }
        if first is not None:
            changes["created_at"] = first
        Submission.objects.filter(pk=found.pk).update(**changes)
        marked = AuditEvent.objects.filter(submission_id=found.pk, action="submission.import")
        if not marked.exists():
            audit.record(
                "submission.import", actor=self.actor, submission=found, origin=self.origin
            )

    def _remark(self, found: Submission, remark: Remark) -> None:
        writer = self.person(remark.writer)
        assert writer is not None  # there is somebody to every comment
        said = {"submission": found, "body": remark.body, "created_at": remark.written_at}
        if not Comment.objects.filter(**said).exists():
            made = Comment.objects.create(submission=found, actor_id=writer, body=remark.body)
            Comment.objects.filter(pk=made.pk).update(created_at=remark.written_at)


def _opened(admitted: Admission | None) -> Admission | None:
    """A form that is closed takes what was sent while it was open."""
    return replace(admitted, form_state="open") if admitted is not None else None


def _arrived(files: Iterable[File]) -> Iterable[FileArrived]:
    for file in files:
        if len(file.name) > LONGEST_NAME:
            raise NotStored(f"the name of a file is too long: {file.name[:80]}…")
        stored, content_type = _fetched(file)
        yield FileArrived(file.name, file.content_type or content_type, stored)


def _fetched(file: File) -> tuple[StoredBlob, str]:
    """The file on the disk and its type; one that comes cut or damaged is fetched again."""
    for tries in range(1, TRIES + 1):
        try:
            with file.open() as stream:
                stored = blobs.store(iter(stream.read, b""))
                content_type = str(stream.headers.get_content_type())[:120]
        except RemoteFault:
            if tries == TRIES:
                raise
            continue
        if file.md5 in ("", stored.md5):
            return stored, content_type
    raise RemoteFault(f"{file.name} came damaged")
