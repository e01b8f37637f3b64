"""Whatever a client writes into an OData query, the answer is rows or a refusal that says why."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.central.odata_filter import parse
from api.problems import ProblemRaised
from surveys.collection.models import Form
from tests.cast import Cast, make_cast
from tests.contract.central_api import Api
from tests.readout_world import child, household, publish, send

PROPERTIES = (
    *("__id", "__system/submissionDate", "__system/updatedAt", "__system/submitterId"),
    *("__system/reviewState", "__system/edits", "__system/attachmentsPresent", "name", "age"),
    *("height", "born", "at", "place", "channels", "home/roof", "photo", "meta/audit"),
    *("$root/Submissions/age", "nothing", "years", "given"),
)
CONSTANTS = (
    *("null", "true", "false", "0", "-1.5", "1e999", "99999999999999999999", "''", "'Lan'"),
    *("'%_\\\\'", "'O''Hara'", "2026-11-22", "0001-01-01", "9999-12-31T23:59:59.999Z"),
    *("0001-01-01T00:00:00+14:00", "2026-11-22T09:30:00.5+07:00", "09:30:00", "now()"),
)
FUNCTIONS = (
    *("tolower", "trim", "length", "year", "day", "second", "date", "contains", "endswith"),
    *("startswith", "round", "now"),
)
words = st.sampled_from(PROPERTIES) | st.sampled_from(CONSTANTS)
operands = st.recursive(
    words,
    lambda inner: st.builds(
        lambda name, arguments: f"{name}({','.join(arguments)})",
        st.sampled_from(FUNCTIONS),
        st.lists(inner, max_size=2),
    ),
    max_leaves=3,
)
comparisons = st.builds(
    lambda left, operator, right: f"{left} {operator} {right}",
    operands,
    st.sampled_from(("eq", "ne", "lt", "le", "gt", "ge")),
    operands,
)
filters = st.recursive(
    comparisons | operands,
    lambda inner: (
        st.builds(lambda a, b, c: f"({a} {b} {c})", inner, st.sampled_from(("and", "or")), inner)
        | inner.map(lambda each: f"not {each}")
    ),
    max_leaves=4,
)
DAMAGED = (
    *("uuid:1", "<age>bốn</age><born>2026-02-31</born><at>2026-11-22T25:61</at>"),
    *("uuid:2", "<age>7</age><height>1e300</height><at>0000-13-45T00:00:00+99</at>"),
    *("uuid:3", "<age> </age><born>9999-12-31</born><at>2024-02-31T10:00:00,5+0730</at>"),
)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def form(cast: Cast) -> Form:
    made = publish(cast.alice.actor, cast.project)
    for instance_id, answers in zip(DAMAGED[::2], DAMAGED[1::2], strict=True):
        send(cast.project, household(instance_id, answers, child("An", "x") + child("Bi", 3)))
    return made


@given(st.text(max_size=60) | filters)
def test_a_text_is_a_filter_or_is_refused(text: str) -> None:
    refused = ProblemRaised(400.51)
    try:
        parse(text)
    except ProblemRaised as raised:
        refused = raised
    assert refused.code == 400.51


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_query_is_answered_or_refused(cast: Cast, form: Form, data: Any) -> None:
    table = data.draw(st.sampled_from(("Submissions", "Submissions.children.child")))
    query = {"$filter": data.draw(filters)}
    if data.draw(st.booleans()):
        query["$orderby"] = data.draw(st.sampled_from(PROPERTIES))
    if data.draw(st.booleans()):
        query["$top"] = str(data.draw(st.integers(0, 3)))
    if data.draw(st.booleans()):
        query["$count"] = "true"
    said = "&".join(f"{key}={quote(value)}" for key, value in query.items())
    api = Api(cast.alice)
    answer = api.get(f"projects/{form.project_id}/forms/H.svc/{table}?{said}")
    assert answer.status_code in {200, 400, 501}, (query, answer.body)
