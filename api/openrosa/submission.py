"""S/submission: HEAD says how much may come, POST takes it."""

import logging
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from lxml import etree

from api.authentication import address_of
from api.openrosa import sentences
from api.openrosa.answers import openrosa, problem, with_openrosa_headers
from api.openrosa.multipart import MultipartCut
from api.openrosa.senders import Sender, link_by, sender_of, token_in
from api.openrosa.upload import (
    MOST_XML_BYTES,
    SMALL_BODY,
    Upload,
    XmlTooLarge,
    read_upload,
)
from api.problems import ProblemRaised
from forms.instance import InstanceHead, MalformedInstance
from surveys.collection import admission, instances, intake, link_door
from surveys.collection.arrival import Admission, Arrival, Outcome, Receipt
from surveys.collection.models import Actor, Form, PublicLink
from surveys.collection.projection import Parsed
from surveys.fieldwork import pipeline, record_changes
from surveys.fieldwork.progress import EnumeratorProgress

log = logging.getLogger("khaosat.openrosa")

MEGABYTE: Final = 1_000_000
# What a stranger may send at once: pictures of a web form, no video.
MOST_OF_A_LINK: Final = 30_000_000


@openrosa
def submission(request: HttpRequest, project_id: int, token: str = "") -> HttpResponseBase:
    token = token_in(request, token)
    if request.method == "POST":
        return _post(request, project_id, token)
    if request.method != "HEAD":
        raise ProblemRaised(405.1, method=request.method)
    sender_of(request, project_id, token)
    # 204 and nothing else: Collect takes any other success for a foreign server, and would send
    # everything to the address of a Location header.
    return with_openrosa_headers(HttpResponse(status=204))


def _post(request: HttpRequest, project_id: int, token: str) -> HttpResponseBase:
    length = check_length(request)
    # A small body is read first: then one query finds the sender and the form. Nothing of a
    # larger one is written before its sender is known.
    is_small = bool(token) and length <= SMALL_BODY
    sender = None if is_small else sender_of(request, project_id, token)
    if sender is not None and sender.link is not None:
        check_length(request, MOST_OF_A_LINK)
    upload = read_body(request, hold_files=is_small)
    if upload.broken is not None or not upload.has_xml:
        sender = sender or sender_of(request, project_id, token)
        return _broken(request, sender, upload)
    try:
        root, head = instances.read(upload.xml)
    except MalformedInstance as fault:
        sender = sender or sender_of(request, project_id, token)
        if sender.link is not None:
            return problem(request, instances.FAULTS[fault.code], reason=fault.detail)
        receipt = intake.malformed(_arrival(request, sender, upload), fault)
        return problem(request, receipt.problem, reason=receipt.detail or fault.code.value)
    admitted = _admitted(request, project_id, token, sender, head)
    if admitted.form_id is not None and not admitted.may_submit:
        raise ProblemRaised(403.1)
    arrival = _arrival(request, admitted, upload)
    receipt = intake.receive_parsed(arrival, root, head, admitted)
    return _answer(request, receipt, admitted, root)


def check_length(request: HttpRequest, limit: int = 0) -> int:
    """The length of the body; one over the limit is refused before it is read."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    limit = limit or settings.MAX_REQUEST_BYTES
    if length > limit:
        raise ProblemRaised(413.1, limit=limit // MEGABYTE)
    return length


def read_body(request: HttpRequest, *, hold_files: bool) -> Upload:
    try:
        return read_upload(request, hold_files=hold_files)
    except XmlTooLarge as error:
        raise ProblemRaised(413.1, limit=MOST_XML_BYTES // MEGABYTE) from error


def _admitted(
    request: HttpRequest, project_id: int, token: str, sender: Sender | None, head: InstanceHead
) -> Admission:
    if sender is not None and sender.link is not None:
        return by_link(request, sender.link, head)
    if token:
        found = admission.by_token(token, project_id, head)
        return found or by_link(request, link_by(token, project_id), head)
    assert sender is not None
    found = admission.by_project(project_id, sender.actor_id, head)
    if found is None:
        raise ProblemRaised(404.2)
    if head.deprecated_id and found.form_id is not None:
        form = Form.objects.select_related("project").get(pk=found.form_id)
        record_changes.require_edit(Actor.objects.get(pk=sender.actor_id), form, head.deprecated_id)
    return found


def by_link(request: HttpRequest, link: PublicLink, head: InstanceHead) -> Admission:
    """What somebody with a public link may send now.

    Raises
    ------
    LinkClosed : 409.41 this browser has sent its one record, 429.2 too many at once.
    """
    link_door.require_room(link, address_of(request))
    link_door.require_first(link, request.GET.get("deviceID"), head.instance_id)
    return link_door.admission(link, head)


def _arrival(request: HttpRequest, sender: Sender | Admission, upload: Upload) -> Arrival:
    return Arrival(
        project_id=sender.project_id,
        actor_id=sender.actor_id,
        xml=upload.xml,
        files=upload.settle(),
        device_id=request.GET.get("deviceID"),
        user_agent=request.headers.get("User-Agent"),
    )


def _broken(request: HttpRequest, sender: Sender, upload: Upload) -> HttpResponseBase:
    """A cut body is kept too; it counts as settled as soon as the whole one has come."""
    code = 400.7 if isinstance(upload.broken, MultipartCut) else 400.6
    if sender.link is not None:  # the page keeps the answers; strangers fill no quarantine
        return problem(request, code)
    arrival = _arrival(request, sender, upload)
    if arrival.xml or arrival.files:
        intake.cut(arrival, code, str(upload.broken or ""))
    return problem(request, code)


def _answer(
    request: HttpRequest, receipt: Receipt, admitted: Admission, root: etree._Element
) -> HttpResponseBase:
    if not receipt.is_stored:
        return problem(request, receipt.problem)
    counts = None
    if receipt.needs_deriving:
        counts = derive(receipt, _in_memory(receipt, admitted, root))
    return sentences.stored(request, receipt, admitted, counts)


def derive(receipt: Receipt, new: Parsed | None = None) -> EnumeratorProgress | None:
    """Make records and outcome in the same request; a fault there is not the phone's.

    Gives the sender's counts where they came along.
    """
    assert receipt.submission_id is not None
    try:
        if new is not None:
            return pipeline.derive_new(new)
        pipeline.derive(receipt.submission_id)
    except Exception:  # the submission is safe and stays RECEIVED: the worker's sweep takes it
        log.exception("records of submission %s are left to the sweep", receipt.submission_id)
    return None


def _in_memory(receipt: Receipt, admitted: Admission, root: etree._Element) -> Parsed | None:
    """What records are made of, unless the stored bytes have to be read again (an edit)."""
    if receipt.outcome is not Outcome.CREATED or admitted.never_stored is None:
        return None
    if admitted.actor_id is None:
        return None
    assert receipt.submission_id is not None
    assert admitted.form_id is not None
    assert admitted.form_version_id is not None
    return Parsed(
        submission_id=receipt.submission_id,
        form_id=admitted.form_id,
        form_version_id=admitted.form_version_id,
        form_md5=admitted.form_md5,
        never_stored=admitted.never_stored,
        sender_id=admitted.actor_id,
        root=root,
    )
