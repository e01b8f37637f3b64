"""Every address of `/v1` × who calls: Alice may, Bob is of another project, Charlie is nobody."""

import re
from dataclasses import dataclass
from typing import Any

import pytest

from api.central.urls import urlpatterns
from surveys.collection import people
from surveys.collection.models import Form, Role, User
from tests.cast import Cast, filled, make_user, with_file, xform
from tests.contract.central_api import Api, code, part

IID = "uuid:a.b:1"
JSON_BODY = {"name": "x", "displayName": "x", "state": "open", "body": "x", "reviewState": None}


@dataclass(frozen=True, slots=True)
class Route:
    """An address with the methods it takes; `body` is what Alice's POST, PUT or PATCH sends."""

    pattern: str
    path: str
    methods: tuple[str, ...]


P = "projects/<int:project_id>"
F = f"{P}/forms/<str:form_id>"
S = f"{F}/submissions/<path:instance_id>"
W = f"{F}/versions/<str:version>"
T = f"{F}/draft/submissions"
TS = f"{T}/<path:instance_id>"
GET = ("GET",)


def _readings(pattern: str, path: str) -> list[Route]:
    version, old = f"{pattern}/versions/<path:version_id>", f"{path}/versions/{{i}}"
    file = "attachments/<path:name>"
    return [
        Route(f"{pattern}/versions", f"{path}/versions", GET),
        Route(f"{pattern}/diffs", f"{path}/diffs", GET),
        Route(f"{version}.xml", f"{old}.xml", GET),
        Route(version, old, GET),
        Route(f"{pattern}/attachments", f"{path}/attachments", GET),
        Route(f"{pattern}/{file}", f"{path}/attachments/a.jpg", ("GET", "POST", "DELETE")),
        Route(f"{version}/attachments", f"{old}/attachments", GET),
        Route(f"{version}/{file}", f"{old}/attachments/a.jpg", ("GET", "DELETE")),
    ]


ROUTES = [
    Route(P, "projects/{p}", ("GET", "PATCH", "DELETE")),
    Route(f"{P}/app-users", "projects/{p}/app-users", ("GET", "POST")),
    Route(f"{P}/app-users/<int:actor_id>", "projects/{p}/app-users/{u}", ("DELETE",)),
    Route(f"{P}/quarantine", "projects/{p}/quarantine", GET),
    Route(f"{P}/quarantine/take", "projects/{p}/quarantine/take", ("POST",)),
    Route(f"{F}/assignments/<str:role>", "{f}/assignments/2", GET),
    Route(
        f"{F}/assignments/<str:role>/<int:actor_id>",
        "{f}/assignments/2/{u}",
        ("POST", "DELETE"),
    ),
    Route(f"{P}/forms", "projects/{p}/forms", ("GET", "POST")),
    Route(f"{F}.svc", "{f}.svc", GET),
    Route(f"{F}.svc/<path:rest>", "{f}.svc/Submissions", GET),
    Route(f"{F}/draft.svc", "{f}/draft.svc", GET),
    Route(f"{F}/submissions.csv", "{f}/submissions.csv", ("GET", "POST")),
    Route(f"{F}/submissions.csv.zip", "{f}/submissions.csv.zip", ("GET", "POST")),
    Route(f"{F}/submissions.geojson", "{f}/submissions.geojson", GET),
    Route(f"{S}.geojson", "{s}.geojson", GET),
    Route(f"{S}/versions/<path:version_id>.geojson", "{s}/versions/{i}.geojson", GET),
    Route(f"{F}/draft/submissions.csv", "{f}/draft/submissions.csv", ("GET", "POST")),
    Route(f"{F}/draft/submissions.csv.zip", "{f}/draft/submissions.csv.zip", ("GET", "POST")),
    Route(f"{F}/draft.svc/<path:rest>", "{f}/draft.svc/Submissions", GET),
    Route(f"{F}.xml", "{f}.xml", GET),
    Route(f"{F}.xlsx", "{f}.xlsx", GET),
    Route(f"{F}.xls", "{f}.xls", GET),
    Route(F, "{f}", ("GET", "PATCH", "DELETE")),
    Route(f"{F}/fields", "{f}/fields", GET),
    Route(f"{F}/versions", "{f}/versions", GET),
    Route(f"{W}.xml", "{f}/versions/1.xml", GET),
    Route(f"{W}.xlsx", "{f}/versions/1.xlsx", GET),
    Route(f"{W}.xls", "{f}/versions/1.xls", GET),
    Route(W, "{f}/versions/1", GET),
    Route(f"{W}/fields", "{f}/versions/1/fields", GET),
    Route(f"{W}/draft", "{f}/versions/1/draft", ("POST",)),
    Route(f"{W}/attachments", "{f}/versions/1/attachments", GET),
    Route(f"{W}/attachments/<path:name>", "{f}/versions/1/attachments/psu.csv", GET),
    Route(f"{F}/attachments", "{f}/attachments", GET),
    Route(f"{F}/attachments/<path:name>", "{f}/attachments/psu.csv", GET),
    Route(f"{F}/draft", "{f}/draft", ("GET", "POST", "DELETE")),
    Route(f"{F}/draft.xml", "{f}/draft.xml", GET),
    Route(f"{F}/draft.xlsx", "{f}/draft.xlsx", GET),
    Route(f"{F}/draft.xls", "{f}/draft.xls", GET),
    Route(f"{F}/draft/publish", "{f}/draft/publish", ("POST",)),
    Route(f"{F}/draft/fields", "{f}/draft/fields", GET),
    Route(f"{F}/draft/attachments", "{f}/draft/attachments", GET),
    Route(
        f"{F}/draft/attachments/<path:name>",
        "{f}/draft/attachments/psu.csv",
        ("GET", "POST", "DELETE"),
    ),
    Route(f"{F}/public-links", "{f}/public-links", ("GET", "POST")),
    Route(f"{F}/public-links/<int:actor_id>", "{f}/public-links/{u}", ("DELETE",)),
    Route(f"{F}/submissions", "{f}/submissions", ("GET", "POST")),
    Route(f"{S}.xml", "{s}.xml", GET),
    Route(S, "{s}", ("GET", "PUT", "PATCH", "DELETE")),
    Route(f"{S}/comments", "{s}/comments", ("GET", "POST")),
    Route(f"{S}/audits", "{s}/audits", GET),
    Route(f"{F}/submissions/submitters", "{f}/submissions/submitters", GET),
    Route(f"{S}/restore", "{s}/restore", ("POST",)),
    Route(f"{S}/purge", "{s}/purge", ("POST",)),
    *_readings(S, "{s}"),
    Route(T, "{f}/draft/submissions", ("GET", "POST")),
    Route(f"{T}/submitters", "{f}/draft/submissions/submitters", GET),
    Route(f"{TS}.xml", "{t}.xml", GET),
    Route(TS, "{t}", ("GET", "PUT")),
    *_readings(TS, "{t}"),
]
CALLS = [(route, method) for route in ROUTES for method in route.methods]


@dataclass(frozen=True, slots=True)
class World:
    cast: Cast
    form: Form
    phone_id: int

    def address(self, route: Route, *, project: int | None = None, form: str = "F.1 é") -> str:
        number = self.cast.project.pk if project is None else project
        f = f"projects/{number}/forms/{part(form)}"
        i = part(IID)
        s = f"{f}/submissions/{i}"
        t = f"{f}/draft/submissions/{i}"
        return route.path.format(p=number, f=f, s=s, t=t, i=i, u=self.phone_id)


@pytest.fixture
def world(cast: Cast) -> World:
    """A form with a file, a draft of its next version, a phone, a submission with a photo."""
    actor = cast.alice.actor
    alice = Api(cast.admin)
    created = alice.post(f"projects/{cast.project.pk}/forms", _xform("1"))
    assert created.status_code == 200, created.content
    f = f"projects/{cast.project.pk}/forms/{part('F.1 é')}"
    assert alice.post(f"{f}/draft/attachments/psu.csv", b"name,label\n").status_code == 200
    assert alice.post(f"{f}/draft/publish").status_code == 200
    assert alice.post(f"{f}/draft", _xform("2")).status_code == 200
    answers = "<name>Lan</name><photo>a.jpg</photo>"
    sent = alice.post(f"{f}/submissions", filled("F.1 é", IID, answers=answers))
    assert sent.status_code == 200, sent.content
    assert (
        alice.post(f"{f}/submissions/{part(IID)}/attachments/a.jpg", b"\xff\xd8").status_code == 200
    )
    assert alice.post(f"{f}/draft/submissions", filled("F.1 é", IID, answers=answers)).json()
    tested = f"{f}/draft/submissions/{part(IID)}"
    assert alice.post(f"{tested}/attachments/a.jpg", b"\xff\xd8").status_code == 200
    phone = people.create_app_user(actor, cast.project, "NV-01")
    form = Form.objects.get(xml_form_id="F.1 é")
    return World(cast, form, phone.pk)


def _xform(version: str) -> bytes:
    return xform("F.1 é", version, body=with_file("psu.csv"))


def send(api: Api, method: str, address: str) -> Any:
    return api.send(method, address, JSON_BODY if method in {"POST", "PUT", "PATCH"} else None)


def test_the_addresses_that_are_tried_exist() -> None:
    """`test_every_route` sees to it that none is left out for GET."""
    patterns = {str(each.pattern) for each in urlpatterns}
    assert {route.pattern for route in ROUTES} - patterns == set()


# Everything below is refused, so one world serves all addresses: what differs from the rule is
# listed by address.


def refusals(world: World, caller: User | None, **elsewhere: Any) -> dict[str, float]:
    """The problem code of every call, by method and address."""
    api = Api(caller)
    return {
        f"{method} {route.path}": code(send(api, method, world.address(route, **elsewhere)))
        for route, method in CALLS
    }


def others(found: dict[str, float], *expected: float) -> dict[str, float]:
    return {call: said for call, said in found.items() if said not in expected}


def test_nobody_is_asked_to_sign_in(world: World) -> None:
    assert others(refusals(world, None), 401.2) == {}
    assert send(Api(None), "GET", world.address(ROUTES[0]))["WWW-Authenticate"]


def test_another_projects_manager_is_refused(world: World) -> None:
    assert others(refusals(world, world.cast.bob), 403.1) == {}


def test_a_missing_project_is_not_found(world: World) -> None:
    assert others(refusals(world, world.cast.admin, project=10**12), 404.2) == {}


def test_a_missing_form_is_not_found(world: World) -> None:
    api = Api(world.cast.alice)
    found = {
        f"{method} {route.path}": code(send(api, method, world.address(route, form="nó")))
        for route, method in CALLS
        if route.path.startswith(("{f}", "{s}", "{t}"))
    }
    assert others(found, 404.3) == {}


def test_a_wrong_method_is_refused_with_those_allowed(world: World) -> None:
    api = Api(world.cast.alice)
    for route in ROUTES:
        unknown = next(m for m in ("PUT", "DELETE", "POST") if m not in route.methods)
        answer = api.send(unknown, world.address(route))
        assert code(answer) == 405.1, route.path
        assert set(route.methods) <= set(answer["Allow"].split(", ")), route.path


def test_a_missing_submission_is_not_found(world: World) -> None:
    api = Api(world.cast.alice)
    for route, method in CALLS:
        if route.path.startswith(("{s}", "{t}")):
            address = world.address(route).replace(part(IID), "uuid%3Anone")
            assert code(send(api, method, address)) == 404.4, (method, route.path)


# What Alice's GET answers with another status than 200: her project has no such thing.
NOT_THERE = {
    f"{base}.{suffix}": 404.7
    for base in ("{f}", "{f}/versions/1", "{f}/draft")
    for suffix in ("xlsx", "xls")
}


@pytest.mark.parametrize(
    "route", [each for each in ROUTES if "GET" in each.methods], ids=lambda route: route.path
)
def test_the_projects_manager_reads_it(world: World, route: Route) -> None:
    answer = Api(world.cast.alice).get(world.address(route))
    if route.path in NOT_THERE:
        assert code(answer) == NOT_THERE[route.path]
    else:
        assert answer.status_code == 200, answer.content
    assert re.search(r"no-cache|no-store", answer["Cache-Control"])


def test_an_unknown_address_answers_json(cast: Cast) -> None:
    assert code(Api(cast.alice).get("projects/1/nothing/here")) == 404.1


def test_a_viewer_reads_forms_but_no_record(world: World) -> None:
    viewer = Api(make_user("vi", Role.VIEWER, world.cast.project))
    f = f"projects/{world.cast.project.pk}/forms/{part('F.1 é')}"
    assert viewer.json(f)["version"] == "1"
    assert code(viewer.get(f"{f}/submissions")) == 403.1


@pytest.mark.parametrize("number", ["9" * 30, "0", "9" * 400])
def test_a_number_that_no_project_has_is_not_found(cast: Cast, number: str) -> None:
    assert code(Api(cast.admin).get(f"projects/{number}/forms")) == 404.2


@pytest.mark.parametrize("leaf", ["forms/a%00b", "forms/%00.xml", "forms/F/submissions/%00"])
def test_a_name_that_no_database_holds_is_not_found(cast: Cast, leaf: str) -> None:
    assert code(Api(cast.alice).get(f"projects/{cast.project.pk}/{leaf}")) == 404.1


TAKES_JSON = [
    ("POST", "projects"),
    ("PATCH", "projects/{p}"),
    ("POST", "projects/{p}/app-users"),
    ("PATCH", "{f}"),
    ("PATCH", "{s}"),
    ("POST", "{s}/comments"),
]


@pytest.mark.parametrize(("method", "path"), TAKES_JSON)
def test_a_body_that_is_no_json_object_is_refused(world: World, method: str, path: str) -> None:
    api, address = Api(world.cast.admin), world.address(Route("", path, ()))
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}x"):
        answer = api.send(method, address, body, content_type="application/json")
        assert code(answer) == 400.1, body
    wrong = dict.fromkeys(["name", "displayName", "state", "reviewState", "body"], 7)
    assert code(api.send(method, address, wrong)) == 400.2


def test_a_body_over_the_limit_is_refused_before_it_is_read(cast: Cast) -> None:
    api = Api(cast.admin)
    answer = api.client.generic(
        "POST", "/v1/projects", headers=api.headers, CONTENT_LENGTH=str(2_000_000)
    )
    assert code(answer) == 413.1


def test_a_manager_of_one_project_makes_none_and_names_may_stand_twice(cast: Cast) -> None:
    assert code(Api(cast.alice).post("projects", {"name": "mới"})) == 403.4
    assert Api(cast.admin).post("projects", {"name": "mới"}).json()["name"] == "mới"
    assert Api(cast.admin).post("projects", {"name": "Mới"}).status_code == 200  # as in Central
    assert code(Api(cast.admin).post("projects", {"name": " "})) == 400.2
