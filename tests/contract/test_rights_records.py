"""Over `/v1`, the rated office opens nothing, and a role for communes only what lies there."""

import pytest
from django.test import Client

from surveys.collection import roles
from surveys.collection.models import Role, Submission
from tests.cast import Cast, filled, make_user, published
from tests.contract.central_api import Api, code, part
from tests.openrosa_phone import MULTIPART, body_of

IID = "uuid:1"


@pytest.fixture
def rated(cast: Cast) -> Api:
    return Api(make_user("rated", Role.MANAGER, cast.project, rated_commune="16279"))


def sent(cast: Cast, form_id: str, *, rates: bool) -> str:
    """A published form with a submission; its address."""
    published(cast.alice.actor, cast.project, form_id, rates_authority=rates)
    f = f"projects/{cast.project.pk}/forms/{form_id}"
    answers = "<name>Lan</name><photo>a.jpg</photo>"
    posted = Api(cast.alice).post(f"{f}/submissions", filled(form_id, IID, answers=answers))
    assert posted.status_code == 200, posted.content
    Api(cast.alice).post(f"{f}/submissions/{part(IID)}/attachments/a.jpg", b"x")
    return f


READS = [
    "submissions",
    "submissions/{i}",
    "submissions/{i}.xml",
    "submissions/{i}/versions",
    "submissions/{i}/versions/{i}",
    "submissions/{i}/versions/{i}.xml",
    "submissions/{i}/versions/{i}/attachments",
    "submissions/{i}/versions/{i}/attachments/a.jpg",
    "submissions/{i}/attachments",
    "submissions/{i}/attachments/a.jpg",
    "submissions/{i}/comments",
    "submissions/{i}/audits",
]


EXPORTS = (".svc/Submissions", "/submissions.csv", "/submissions.csv.zip", "/submissions.geojson")


@pytest.mark.parametrize("leaf", [*(f"/{each}" for each in READS), *EXPORTS])
def test_the_rated_office_opens_no_record_of_its_raters(cast: Cast, rated: Api, leaf: str) -> None:
    f = sent(cast, "B", rates=True)
    answer = rated.get(f + leaf.format(i=part(IID)))
    assert code(answer) == 403.2
    assert b"Lan" not in answer.content


def test_the_rated_office_sees_no_quarantine_and_no_token(cast: Cast, rated: Api) -> None:
    sent(cast, "B", rates=True)
    for leaf in ("quarantine", "app-users"):
        assert code(rated.get(f"projects/{cast.project.pk}/{leaf}")) == 403.1


def test_the_rated_office_cannot_unmark_replace_or_copy_the_form(cast: Cast, rated: Api) -> None:
    f = sent(cast, "B", rates=True)
    assert code(rated.send("PATCH", f, {"state": "closed"})) == 403.1
    assert code(rated.send("DELETE", f)) == 403.1
    assert code(rated.post(f"{f}/draft")) == 403.1


def test_the_rated_office_reads_a_form_that_rates_nobody(cast: Cast, rated: Api) -> None:
    f = sent(cast, "A", rates=False)
    assert [row["instanceId"] for row in rated.json(f"{f}/submissions")] == [IID]


def test_a_role_for_communes_sees_no_record_without_a_commune(cast: Cast) -> None:
    f = sent(cast, "A", rates=False)
    eve = Api(make_user("eve", Role.SUPERVISOR, cast.project, communes=("16279",)))
    assert eve.json(f"{f}/submissions") == []
    assert eve.json(f"{f}.svc/Submissions")["value"] == []
    assert eve.get(f"{f}/submissions.csv").body.count(b"\n") == 1  # the header
    assert code(eve.get(f"{f}/submissions/{part(IID)}")) == 404.4
    assert code(eve.post(f"{f}/submissions", filled("A", "uuid:2"))) == 403.1


def test_who_fills_forms_replaces_no_record_and_no_file_of_somebody_else(cast: Cast) -> None:
    f = sent(cast, "F", rates=False)
    both = make_user("hai", Role.ANALYST, cast.project)
    roles.grant_role(cast.alice.actor, both, Role.ENUMERATOR, project=cast.project)
    edit = filled("F", "uuid:2").replace(
        b"</meta>", f"<deprecatedID>{IID}</deprecatedID></meta>".encode()
    )
    for person in (both, make_user("dien", Role.ENUMERATOR, cast.project)):
        api = Api(person)
        assert code(api.post(f"{f}/submissions", edit)) == 403.1
        phone = f"/v1/projects/{cast.project.pk}/submission"
        by_phone = Client(headers=api.headers).post(phone, body_of(edit), content_type=MULTIPART)
        assert by_phone.status_code == 403
        file = api.post(f"{f}/submissions/{part(IID)}/attachments/a.jpg", b"y")
        assert file.status_code in {403, 404}
    found = Submission.objects.get()
    assert found.versions.count() == 1
    # what one sent oneself may be sent again, better
    own = Api(both)
    assert own.post(f"{f}/submissions", filled("F", "uuid:3")).status_code == 200
    mine = edit.replace(b"uuid:2", b"uuid:4").replace(IID.encode(), b"uuid:3")
    assert own.post(f"{f}/submissions", mine).status_code == 200
    # and who reviews edits what others sent
    assert Api(cast.alice).post(f"{f}/submissions", edit).status_code == 200


@pytest.mark.parametrize("leaf", [".svc/Submissions", "/submissions.csv", "/submissions.geojson"])
def test_who_may_read_more_than_before_is_not_told_that_nothing_changed(
    cast: Cast, leaf: str
) -> None:
    f = sent(cast, "F", rates=False)
    reader = make_user("doc", Role.ANALYST, cast.project)
    before = Api(reader).get(f + leaf)["ETag"]
    roles.grant_role(cast.alice.actor, reader, Role.SUPERVISOR, project=cast.project)
    again = Api(reader).get(f + leaf, headers={"If-None-Match": before})
    assert (again.status_code, again["ETag"] != before) == (200, True)
