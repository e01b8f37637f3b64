"""What an OData request asks for: query options and headers, read once and checked."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, QueryDict

from api.central.odata_filter import Node, parse
from api.problems import ProblemRaised

KNOWN: Final = frozenset(
    {
        "$format",
        "$count",
        "$skip",
        "$top",
        "$filter",
        "$wkt",
        "$expand",
        "$select",
        "$skiptoken",
        "$orderby",
    }
)
# What pyodk and others send for "not wanted".
NOTHING: Final = frozenset({"", "none"})
NO: Final = NOTHING | {"false", "0", "no"}
TOKEN_MARK: Final = "01"  # noqa: S105 - Central's prefix of a page mark
NUMBERS: Final = frozenset({"$top", "$skip"})
JSON_WORDS: Final = re.compile(r"(^|,)\s*(application/json|json|\*/\*)($|;|,)", re.IGNORECASE)
XML_WORDS: Final = re.compile(
    r"(^|,)\s*(application/(atom(svc)?\+)?xml|atom|xml)($|;|,)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Options:
    """The query options of a table; None or empty = not said."""

    top: int | None = None
    skip: int = 0
    count: bool = False
    wkt: bool = False
    expand: bool = False
    select: tuple[str, ...] = ()
    filter: Node | None = None
    order: str = ""
    mark: PageMark | None = None


@dataclass(frozen=True, slots=True)
class PageMark:
    """The last row of a page: the next one begins after it. `repeat_id` in tables of repeats."""

    instance_id: str
    repeat_id: str = ""

    def token(self) -> str:
        """As `$skiptoken` carries it."""
        said = {"instanceId": self.instance_id}
        if self.repeat_id:
            said = {"repeatId": self.repeat_id, **said}
        packed = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
        return TOKEN_MARK + base64.b64encode(packed).decode("ascii")

    @classmethod
    def read(cls, token: str) -> PageMark:
        """Raises ProblemRaised 400.55 for what is no mark."""
        try:
            if not token.startswith(TOKEN_MARK):
                raise ProblemRaised(400.55)
            said = json.loads(base64.b64decode(token.removeprefix(TOKEN_MARK), validate=True))
            instance_id, repeat_id = said["instanceId"], said.get("repeatId", "")
            instance_id.encode()  # half a letter is no text that a database takes
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ProblemRaised(400.55) from error
        if not isinstance(instance_id, str) or not isinstance(repeat_id, str):
            raise ProblemRaised(400.55)
        return cls(instance_id.replace("\x00", ""), repeat_id)


def options_of(request: HttpRequest) -> Options:
    """The options of a request for rows.

    Raises
    ------
    ProblemRaised : 501.1 for one that is not known, 400.2 for one that cannot be read.
    """
    said = _said(request.GET)
    if said.get("$expand", "*") != "*":
        raise ProblemRaised(501.53)
    select = [each.strip() for each in said.get("$select", "*").split(",") if each.strip()]
    return Options(
        top=_number(said, "$top"),
        skip=_number(said, "$skip") or 0,
        count=_flag(said, "$count"),
        wkt=_flag(said, "$wkt"),
        expand="$expand" in said,
        select=() if "*" in select else tuple(select),
        filter=parse(said["$filter"]) if "$filter" in said else None,
        order=said.get("$orderby", ""),
        mark=PageMark.read(said["$skiptoken"]) if "$skiptoken" in said else None,
    )


def check_protocol(request: HttpRequest, wanted: str) -> None:
    """Refuse an older protocol, an unknown option and, where `wanted` is json, xml (and back).

    Raises
    ------
    ProblemRaised : 404.1, 501.1, 406.51.
    """
    version = request.headers.get("OData-MaxVersion", "4.0").split(";")[0].strip()
    try:
        is_older = float(version) < 4
    except ValueError:
        is_older = False
    if is_older:
        raise ProblemRaised(404.1)
    _said(request.GET)
    accepted = request.GET.get("$format") or request.headers.get("Accept", "")
    takes_json, takes_xml = JSON_WORDS.search(accepted), XML_WORDS.search(accepted)
    if wanted == "json" and takes_xml and not takes_json:
        raise ProblemRaised(406.51, allowed="application/json")
    if wanted == "xml" and takes_json and not takes_xml and "*/*" not in accepted:
        raise ProblemRaised(406.51, allowed="application/xml")


def _said(query: QueryDict) -> dict[str, str]:
    """The options that carry something; one that is not understood is refused, never ignored."""
    said: dict[str, str] = {}
    for key in query:
        value = str(query[key])
        # `$filter=false` is a filter.
        unsaid = NOTHING if key == "$filter" else NO
        if not key.startswith("$") or (value.strip().lower() in unsaid and key not in NUMBERS):
            continue
        if key not in KNOWN:
            raise ProblemRaised(501.1, feature=key)
        said[key] = value
    return said


def _flag(said: Mapping[str, str], key: str) -> bool:
    return said.get(key, "").strip().lower() not in NO


def _number(said: Mapping[str, str], key: str) -> int | None:
    value = said.get(key, "")
    if value.lower() in NOTHING:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ProblemRaised(400.2, field=key)
    return int(value)
