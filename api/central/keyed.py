"""`/v1` for those who have a token in place of an account: phones and public links.

Central takes the token in the path (`/v1/key/TOKEN/…`) and as `?st=TOKEN`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from lxml import etree

from api.central import bodies
from api.central.door import Answering, door
from api.central.submissions import answer_receipt
from api.openrosa.senders import link_by
from api.openrosa.submission import by_link
from api.problems import ProblemRaised
from forms.instance import InstanceHead, MalformedInstance
from surveys.collection import admission, instances, intake
from surveys.collection.arrival import Arrival

Keyed = Callable[..., HttpResponseBase]


def by_key(keyed: Keyed, signed_in: Answering) -> Answering:
    """One address for both: with `?st=` the phone's view, without it the view for people."""

    def answer(request: HttpRequest, **path: Any) -> HttpResponseBase:
        token = request.GET.get("st", "")
        if not token:
            return signed_in(request, **path)
        form_id = path.pop("form_id")
        return keyed(request, token=token, xml_form_id=form_id, **path)

    answer.csrf_exempt = True  # type: ignore[attr-defined] # Django reads this attribute
    # `api.openapi` reads this.
    answer.views = getattr(signed_in, "views", {})  # type: ignore[attr-defined] # as above
    return answer


@dataclass(frozen=True, slots=True)
class _Sent:
    xml: bytes
    root: etree._Element
    head: InstanceHead


def _sent(request: HttpRequest, xml_form_id: str) -> _Sent:
    """The body as an instance of the form that the address names."""
    xml = bodies.bytes_of(request, bodies.MOST_SUBMISSION)
    try:
        root, head = instances.read(xml)
    except MalformedInstance as fault:
        raise ProblemRaised(instances.FAULTS[fault.code], reason=fault.detail) from fault
    if head.form_id != xml_form_id:
        raise ProblemRaised(400.9, sent=head.form_id, expected=xml_form_id)
    return _Sent(xml, root, head)


def submit(request: HttpRequest, project_id: int, xml_form_id: str, token: str) -> Any:
    """An XML body by the token of a phone or a public link, answered as `/v1` answers people."""
    sent = _sent(request, xml_form_id)
    admitted = admission.by_token(token, project_id, sent.head)
    if admitted is None:
        admitted = by_link(request, link_by(token, project_id), sent.head)
    if not admitted.may_submit:
        raise ProblemRaised(403.1)
    arrival = Arrival(
        project_id=project_id,
        actor_id=admitted.actor_id,
        xml=sent.xml,
        device_id=request.GET.get("deviceID") or None,
        user_agent=request.headers.get("User-Agent"),
        via="central",
    )
    return answer_receipt(intake.receive_parsed(arrival, sent.root, sent.head, admitted))


def try_draft(request: HttpRequest, project_id: int, xml_form_id: str, token: str) -> Any:
    """A test record by the token of a draft; the version that its XML names is not looked at."""
    admitted = admission.by_draft_token(token, project_id, xml_form_id)
    if admitted is None:
        raise ProblemRaised(404.11)
    sent = _sent(request, xml_form_id)
    arrival = Arrival(
        project_id=project_id,
        actor_id=None,
        xml=sent.xml,
        device_id=request.GET.get("deviceID") or None,
        user_agent=request.headers.get("User-Agent"),
        is_draft=True,
        via="central",
    )
    return answer_receipt(intake.receive_parsed(arrival, sent.root, sent.head, admitted))


def read_nothing(_request: HttpRequest, **_path: Any) -> Any:
    """Who has a token sends; records are read by people who are signed in."""
    raise ProblemRaised(403.1)


submissions = door(anonymous=True, GET=read_nothing, POST=submit)
trials = door(anonymous=True, POST=try_draft)
