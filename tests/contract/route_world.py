"""The people, the record and the addresses with which every route is tried."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from surveys.collection import blobs, public_links, publishing, sign_in
from surveys.collection.models import (
    Delivery,
    Entity,
    EntityList,
    EntityProperty,
    EntityVersion,
    FormAttachment,
    FormVersion,
    PublicLink,
    Record,
    Role,
    RoleAssignment,
    SavedFilter,
    SubmissionVersion,
    User,
    Webhook,
)
from surveys.results import map_orders, outreach
from surveys.results.map_choice import MapChoice
from surveys.results.models import MapOrder, OutreachPlan
from surveys.results.outreach import Wish
from surveys.territory.models import AdminLink, AdminUnit, BoundarySet, Level, Population
from tests.cast import filled, make_user
from tests.export_world import made_export
from tests.page_world import World, make_world

# Stands in a free text of the record in the address: only its reviewers may meet it.
SECRET: Final = "BI-MAT-16228"
LIST: Final = "nguoi"  # an entity list that staff made
ENTITY: Final = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class RouteWorld:
    world: World
    people: Mapping[str, User | None]

    @property
    def record_name(self) -> str:
        """What names the record in the address: its household's id, also in its instanceID."""
        return self.world.case.household.name


Value = Callable[[RouteWorld], Any]


def _of(read: Callable[[World], Any]) -> Value:
    return lambda given: read(given.world)


# By the name of the path's part; `v1` and `openrosa` name a form by its own id.
VALUES: Final[dict[str, Value]] = {
    "project_id": _of(lambda w: w.cast.project.pk),
    "form_id": _of(lambda w: w.form.pk),
    "xml_form_id": _of(lambda w: w.form.xml_form_id),
    "version": _of(lambda w: w.form.current.version if w.form.current else ""),
    "version_id": _of(lambda w: w.form.current_id),
    "submission_id": _of(lambda w: w.submission.pk),
    "instance_id": _of(lambda w: w.submission.instance_id),
    "attachment_id": _of(lambda w: w.photo.pk),
    "name": lambda _: "1.png",
    "table": lambda _: "Submissions",
    "actor_id": _of(lambda w: w.phone.pk),
    "phone_id": _of(lambda w: w.phone.pk),
    "user_id": _of(lambda w: w.viewer.pk),
    "item_id": _of(lambda w: w.kept.pk),
    "number": lambda _: 0,
    "role": lambda _: "app-user",
    "state": lambda _: "closed",
    "kind": lambda _: "villages",
    "round_id": _of(lambda w: w.round.pk),
    "village_id": _of(lambda w: w.case.household.village_id),
    "outcome_id": _of(lambda w: w.case.pk),
    "run_id": _of(lambda w: w.run.pk),
    "artefact_id": _of(lambda w: w.report.pk),
    "indicator": lambda _: "equipped",
    "job_id": _of(lambda w: w.job.pk),
    "token": lambda _: "x" * 64,
    "export_id": _of(lambda w: made_export(w.form, w.supervisor).pk),
    "entity_list": lambda _: "sampled_hh",
    "uuid": lambda _: ENTITY,
    "what": lambda _: "pause",
    "hook_id": lambda _: Webhook.objects.get().pk,
    "delivery_id": lambda _: Delivery.objects.get().pk,
    "filter_id": lambda _: SavedFilter.objects.get().pk,
    "prop": lambda _: "note",
    "form_number": _of(lambda w: w.form.pk),
    "action": lambda _: "pause",
    "pair_id": lambda _: made_pair().pk,
    "set_id": lambda _: made_boundaries().pk,
    "unit_id": lambda _: made_pair().new_id,
    "link_id": _of(lambda w: made_link(w).pk),
    "plan_id": _of(lambda w: made_plan(w).pk),
    "order_id": _of(lambda w: made_map(w).pk),
    "code": lambda _: "16228",
    "rest": lambda _: "no/such/address",
}


def made_link(world: World) -> PublicLink:
    """The public link in the address, made when it is first asked for."""
    made = PublicLink.objects.first()
    return made or public_links.create(world.cast.admin.actor, world.form, "Bàn số 1")


def made_pair() -> AdminLink:
    """A pair of an old and a new commune, made when it is first asked for."""
    new = AdminUnit.objects.filter(level=Level.COMMUNE, valid_to=None).first()
    old, _ = AdminUnit.objects.get_or_create(
        code="16264", level=Level.COMMUNE, valid_from=date(2024, 1, 1), name="Yên Thọ", type="Xã"
    )
    return AdminLink.objects.get_or_create(old=old, new=new, kind=AdminLink.Kind.PART)[0]


def made_boundaries() -> BoundarySet:
    """A stored set of boundaries, made when it is first asked for."""
    return BoundarySet.objects.get_or_create(
        sha256="b", valid_from=date(2025, 7, 1), name="xa.gpkg", source="Sở", quality="legal"
    )[0]


def made_population() -> Population:
    """A stored count of people, made when it is first asked for."""
    return Population.objects.get_or_create(
        unit=made_pair().new,
        group="18+",
        count=9000,
        definition="registered",
        source="Công an tỉnh",
        date=date(2026, 1, 1),
    )[0]


def made_plan(world: World) -> OutreachPlan:
    """The plan for teams in the address, made when it is first asked for."""
    made = OutreachPlan.objects.first()
    return made or outreach.ask(world.cast.admin.actor, world.run, "Hai đội", Wish())


def made_map(world: World) -> MapOrder:
    """The drawn map in the address, made when it is first asked for."""
    made = MapOrder.objects.first()
    if made is None:
        wish = MapChoice("equipped", view="margin")
        made = map_orders.order(world.cast.admin.actor, world.run, wish)
        stored = blobs.store(b"<!doctype html><title>m</title>")
        blobs.register([stored])
        made.blob_id, made.name, made.content_type = stored.sha256, "m.html", "text/html"
        made.save()
    return made


def make_route_world() -> RouteWorld:
    """The world of the pages, with a secret in the record in the address."""
    world = make_world()
    person = {
        "admin": world.cast.admin,
        "manager": world.cast.alice,
        "supervisor": world.supervisor,
        "elsewhere": world.elsewhere,
        "analyst": world.analyst,
        "viewer": world.viewer,
        "enumerator": make_user("enum", Role.ENUMERATOR, world.cast.project),
        "rated": world.rated,
        "stranger": world.cast.bob,  # a manager of another project
        "roleless": make_user("none", Role.VIEWER, world.cast.other),
        "anonymous": None,
    }
    RoleAssignment.objects.filter(user=person["roleless"]).delete()
    root = Record.objects.get(submission=world.submission, table="")
    root.values = {**root.values, "name": SECRET}
    root.save()
    answers = f"<name>{SECRET}</name><age>34</age><photo>1.png</photo>"
    SubmissionVersion.objects.filter(submission=world.submission).update(
        xml=filled(world.form.xml_form_id, world.submission.instance_id, answers=answers)
    )
    _with_files(world)
    _with_entities(world)
    _with_hooks(world)
    return RouteWorld(world, person)


def _with_entities(world: World) -> None:
    """A list with an entity, which says what the record says."""
    made = EntityList.objects.create(project=world.cast.project, name=LIST)
    EntityProperty.objects.create(list=made, name="note")
    said = {"label": "An", "data": {"note": SECRET}}
    entity = Entity.objects.create(list=made, uuid=ENTITY, **said)
    EntityVersion.objects.create(entity=entity, version=1, **said)


def _with_hooks(world: World) -> None:
    """Another system that is told, and a filter that the manager keeps."""
    hook = Webhook.objects.create(
        project=world.cast.project,
        name="Sở",
        address="https://so.example.vn/hook",
        secret=SECRET,
        chosen_by=world.cast.alice.actor,
    )
    Delivery.objects.create(
        hook=hook, source="audit:1", event="submission.create", next_at=timezone.now()
    )
    SavedFilter.objects.create(form=world.form, owner=world.cast.alice.actor, name="Của tôi")


def _with_files(world: World) -> None:
    """A workbook, a draft, and files of the form, its draft and the quarantine."""
    form, blob = world.form, world.photo.blob
    assert form.current_id is not None
    FormVersion.objects.filter(pk=form.current_id).update(workbook=b"PK", workbook_name="b.xlsx")
    form.refresh_from_db()
    draft = publishing.set_draft(world.cast.admin.actor, form)
    for version in (form.current_id, draft.pk):
        FormAttachment.objects.create(form_version_id=version, name="1.png", blob=blob)
    assert blob is not None
    world.kept.files = [
        {
            "name": "1.png",
            "sha256": blob.sha256,
            "md5": blob.md5,
            "size": blob.size,
            "content_type": "image/png",
        }
    ]
    world.kept.save(update_fields=["files"])


def routes(patterns: list[Any] | None = None, before: str = "") -> Iterator[str]:
    """Every pattern of the server, as the table writes it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, before + _plain(str(each.pattern)))
        else:
            assert isinstance(each, URLPattern)
            yield before + _plain(str(each.pattern))


def _plain(pattern: str) -> str:
    """`^a/(?P<b>[^/]+)\\.xml$` as `a/<b>.xml`."""
    named = re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", pattern)
    return named.removeprefix("^").removesuffix("$").replace("\\.", ".")


def address(route: str, given: RouteWorld, own: Mapping[str, Value]) -> str:
    """The path of a route in this world; raises KeyError for a part that nobody gave."""

    def value(place: re.Match[str]) -> str:
        name = place[1].rpartition(":")[2]
        if name not in own and name == "form_id" and route.startswith("v1/"):
            name = "xml_form_id"
        if name not in own and name == "version_id" and "/submissions/" in route:
            shown = given.world.submission.instance_id
            return quote(shown if route.startswith("v1/") else str(given.world.photo.version_id))
        return quote(str((own.get(name) or VALUES[name])(given)), safe="")

    return "/" + re.sub(r"<([^>]+)>", value, route)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: bytes

    @property
    def is_through(self) -> bool:
        return self.status < 400 and not self.location.startswith("/login")

    def shows(self, text: str) -> bool:
        return text.encode() in self.body


class Caller:
    """Somebody who asks: by the cookie on pages, by a bearer session elsewhere."""

    def __init__(self, user: User | None) -> None:
        # A fault is the answer of its own route and no reason to try no other.
        self.client = Client(raise_request_exception=False)
        self.headers: dict[str, str] = {}
        if user is not None:
            self.client.force_login(user)
            self.headers["Authorization"] = f"Bearer {sign_in.open_session(user).token}"

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        is_script = path.startswith(("/v1/", "/api/"))
        answer: Any
        if not is_script and method == "POST":
            answer = self.client.post(path, body)
        else:
            is_json = isinstance(body, dict)
            answer = self.client.generic(
                method,
                path,
                json.dumps(body).encode() if is_json else body or b"",
                "application/json" if is_json else "application/xml",
                headers=self.headers if is_script else {},
            )
        try:
            said = answer.getvalue()  # reads a streamed file to its end
        except Exception as fault:
            return Answer(500, "", repr(fault).encode())
        return Answer(answer.status_code, answer.headers.get("Location", ""), said)
