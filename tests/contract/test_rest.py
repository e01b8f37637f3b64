"""`/api`: who reads which rounds, runs and figures; its schema and page."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from surveys.collection import publishing, sign_in
from surveys.collection.models import Role, User
from surveys.fieldwork.models import Round
from surveys.results.models import Estimate, Run
from tests.cast import Cast, make_user, xform
from tests.cast import published as form_of
from tests.contract.central_api import code

DAY = date(2026, 11, 1)


@pytest.fixture
def round_(cast: Cast) -> Round:
    return Round.objects.create(
        project=cast.project,
        name_vi="Đợt 1",
        name_en="Round 1",
        sponsor="UBND",
        decision_number="1/QĐ",
        field_agency="A",
        controller="B",
        contact_line="1900",
        retention_date=DAY,
        frame_date=DAY,
        starts_on=DAY,
        ends_on=DAY,
        seed=1,
    )


@pytest.fixture
def published(round_: Round) -> Run:
    run = Run.objects.create(round=round_, published_at=timezone.now())
    for publication, estimate in (("publish", 0.5), ("caution", 0.4), ("none", 0.3)):
        Estimate.objects.create(
            run=run,
            indicator="sat",
            domain_type="commune",
            domain=publication,
            estimate=estimate,
            se=0.1,
            lower=0.2,
            upper=0.8,
            numerator=3,
            denominator=9,
            n=10,
            n_psu=2,
            publication=publication,
            reason_vi="vì",
            reason_en="because",
        )
    return run


@pytest.fixture
def hidden(round_: Round) -> Run:
    return Run.objects.create(round=round_)


def get(user: User | None, path: str, **options: Any) -> Any:
    headers = {}
    if user is not None:
        headers["Authorization"] = f"Bearer {sign_in.open_session(user).token}"
    return Client().get(f"/api/{path}", headers=headers, **options)


def addresses(run: Run) -> list[str]:
    return [
        f"projects/{run.round.project_id}/rounds/",
        f"rounds/{run.round_id}/",
        f"rounds/{run.round_id}/runs/",
        f"runs/{run.pk}/",
        f"runs/{run.pk}/estimates/",
    ]


def test_staff_of_the_project_read_it(cast: Cast, published: Run) -> None:
    for path in ["projects/", *addresses(published)]:
        assert get(cast.alice, path).status_code == 200


def test_staff_of_another_project_are_refused(cast: Cast, published: Run) -> None:
    for path in addresses(published):
        assert code(get(cast.bob, path)) == 403.1
    assert [row["id"] for row in get(cast.bob, "projects/").json()] == [cast.other.pk]


def test_nobody_is_asked_to_sign_in(published: Run) -> None:
    for path in ["projects/", *addresses(published)]:
        answer = get(None, path)
        assert code(answer) == 401.2
        assert answer["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("projects/9/rounds/", 404.2),
        ("rounds/9/", 404.12),
        ("rounds/9/runs/", 404.12),
        ("runs/9/", 404.13),
        ("runs/9/estimates/", 404.13),
    ],
)
def test_what_is_not_there_is_not_found(cast: Cast, path: str, expected: float) -> None:
    assert code(get(cast.admin, path)) == expected


def test_nothing_can_be_written(cast: Cast, published: Run) -> None:
    token = sign_in.open_session(cast.alice).token
    for path in ["projects/", *addresses(published)]:
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(Client(), method)(
                f"/api/{path}", headers={"Authorization": f"Bearer {token}"}
            )
            assert code(answer) == 405.1


def test_a_viewer_reads_published_runs_only(cast: Cast, published: Run, hidden: Run) -> None:
    viewer = make_user("vi", Role.VIEWER, cast.project)
    path = f"rounds/{published.round_id}/runs/"
    assert [run["id"] for run in get(viewer, path).json()] == [published.pk]
    assert {run["id"] for run in get(cast.alice, path).json()} == {published.pk, hidden.pk}
    for leaf in ("", "estimates/"):
        assert code(get(viewer, f"runs/{hidden.pk}/{leaf}")) == 404.13
        assert get(cast.alice, f"runs/{hidden.pk}/{leaf}").status_code == 200


def test_the_rated_office_reads_published_runs(cast: Cast, published: Run, hidden: Run) -> None:
    rated = make_user("rated", Role.ADMINISTRATOR, None, rated_commune="16279")
    assert get(rated, f"runs/{published.pk}/estimates/").status_code == 200
    assert code(get(rated, f"runs/{hidden.pk}/estimates/")) == 404.13


def test_a_figure_that_is_not_published_is_shown_to_nobody(cast: Cast, published: Run) -> None:
    rows = get(cast.admin, f"runs/{published.pk}/estimates/").json()["results"]
    by_domain = {row["domain"]: row for row in rows}
    assert by_domain["publish"]["estimate"] == 0.5
    assert by_domain["caution"]["upper"] == 0.8
    withheld = by_domain["none"]
    assert {withheld[key] for key in ("estimate", "se", "lower", "upper", "numerator")} == {None}
    assert (withheld["n"], withheld["reason_en"]) == (10, "because")


def test_a_confidential_estimate_tells_neither_its_answers_nor_that_all_said_the_same(
    cast: Cast, published: Run
) -> None:
    flags = ["all_or_none", "few_df", "confidential"]
    Estimate.objects.filter(publication="none").update(flags=flags, n=4, df=3)
    rows = get(cast.alice, f"runs/{published.pk}/estimates/").json()["results"]
    secret = next(row for row in rows if row["publication"] == "none")
    assert secret["flags"] == ["few_df", "confidential"]
    assert (secret["n"], secret["n_eff"], secret["n_psu"], secret["df"]) == (None,) * 4


def test_estimates_are_filtered_and_paged(cast: Cast, published: Run) -> None:
    path = f"runs/{published.pk}/estimates/"
    some = get(cast.alice, f"{path}?publication=publish&indicator=sat").json()
    assert [row["domain"] for row in some["results"]] == ["publish"]
    page = get(cast.alice, f"{path}?limit=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["next"]


def test_a_filter_of_estimates_that_does_not_exist_is_refused(cast: Cast, published: Run) -> None:
    answer = get(cast.alice, f"runs/{published.pk}/estimates/?indicators=sat")
    assert code(answer) == 400.2
    assert "indicators" in answer.json()["details"]["en"]


def test_the_pages_cookie_reads(cast: Cast, published: Run) -> None:
    client = Client()
    client.force_login(cast.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/api/runs/{published.pk}/").status_code == 200


def test_the_changes_of_a_draft_are_told_with_the_answers_they_touch(cast: Cast) -> None:
    form = form_of(cast.alice.actor, cast.project)
    second = xform(version="2").replace(b'"int"', b'"string"')
    publishing.set_draft(cast.alice.actor, form, second)
    found = get(cast.alice, f"forms/{form.pk}/changes/").json()
    assert (found["from"], found["to"], found["effect"]) == ("1", "2", "none")
    (change,) = found["changes"]
    assert (change["kind"], change["question"], change["records"]) == ("type", "age", 0)
    assert code(get(cast.alice, f"forms/{form.pk}/changes/?to=9")) == 404.8
    assert code(get(cast.alice, f"forms/{form.pk}/changes/?from=%00")) == 400.2
    assert code(get(cast.bob, f"forms/{form.pk}/changes/")) == 403.1
    publishing.publish_draft(cast.alice.actor, form)
    assert code(get(cast.alice, f"forms/{form.pk}/changes/")) == 404.9
    assert get(cast.alice, f"forms/{form.pk}/changes/?from=1&to=2").json() == found
