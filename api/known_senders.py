"""Whether the sender of a large body is known, told before the body is read.

What comes here is decided again by the view, with its reason; this only keeps strangers from
filling the disk with bodies that nobody would take.
"""

import re
from typing import Any, Final
from urllib.parse import parse_qs

from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError

from api.authentication import identify
from api.problems import ProblemRaised
from surveys.collection import admission, link_door
from surveys.collection.models import FormVersion
from surveys.collection.refusal import Refused

_PLACE: Final = re.compile(r"/v1/(?:(key|test)/([^/]+)/)?projects/([0-9]{1,18})(?:/|$)")


def is_known(environ: dict[str, Any]) -> bool:
    """Whether the request carries a living token, session or password. The cookie of the pages
    counts for nothing: browsers say how long a body is.
    """
    try:
        return _has_token(environ) or identify(WSGIRequest(environ)) is not None
    except (ProblemRaised, Refused):
        return False
    except (OperationalError, InterfaceError):  # the view says that the database is away
        return False


def _has_token(environ: dict[str, Any]) -> bool:
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace").decode("utf-8", "replace")
    place = _PLACE.match(path)
    if place is None:
        return False
    kind, in_path, project = place[1], place[2], int(place[3])
    if kind == "test":
        drafts = FormVersion.objects.filter(draft_token=in_path)
        return drafts.filter(form__project=project, form__deleted_at=None).exists()
    token = in_path or parse_qs(environ.get("QUERY_STRING", "")).get("st", [""])[0]
    if not token or "\x00" in token:
        return False
    if admission.sender(token, project) is not None:
        return True
    return link_door.link_of(token, project) is not None
