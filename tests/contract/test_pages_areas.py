"""The page of old and new communes: who sees it, what it finds, and how a decision is made."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from surveys.collection.models import AuditEvent, User
from surveys.territory.links import in_doubt
from surveys.territory.models import AdminLink, AdminUnit, Level
from surveys.territory.units import load_units
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
PATH = "/areas/links/"


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_units()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def client(user: User | None, language: str = "vi") -> Client:
    found = Client(headers={"accept-language": language})
    if user is not None:
        found.force_login(user)
    return found


def text(user: User, query: str = "") -> str:
    return client(user).get(PATH + query).content.decode()


def pair(old: str, new: str) -> AdminLink:
    return AdminLink.objects.get(old__code=old, old__level=Level.COMMUNE, new__code=new)


def address(link: AdminLink) -> str:
    return f"{PATH}{link.pk}/"


@contextmanager
def at_most(queries: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as asked:
        yield
    assert len(asked) <= queries, [each["sql"][:120] for each in asked]


def test_it_is_for_administrators(cast: Cast) -> None:
    link = pair("16264", "16228")
    said = {"verdict": "rejected", "source": "x", "confirmed": "1"}
    for user, status in ((cast.alice, 403), (cast.bob, 403), (None, 302)):
        assert client(user).get(PATH).status_code == status
        assert client(user).get(address(link)).status_code == status
        assert client(user).post(address(link), said).status_code == status
    link.refresh_from_db()
    assert link.verdict == AdminLink.Verdict.AGREED
    assert text(cast.admin).count("rowgroup") == 25
    assert PATH in client(cast.admin).get("/").content.decode()
    assert PATH not in client(cast.alice).get("/").content.decode()


def test_every_divided_or_disputed_commune_is_listed_once(cast: Cast) -> None:
    units = in_doubt()
    assert 449 <= units.count() <= 511  # the divided ones, and those with a rejected pair
    seen: list[str] = []
    after = ""
    while True:
        answer = client(cast.admin).get(PATH, {"after": after})
        seen += [row["old"].pk for row in answer.context["rows"]]
        after = answer.context["listed"].following
        if not after:
            break
    assert len(seen) == len(set(seen)) == units.count()


@pytest.mark.parametrize("words", ["Yên Thọ", "yen tho", "YÊN THỌ", "16264", "Như Thanh"])
def test_a_name_is_found_however_it_is_written(cast: Cast, words: str) -> None:
    answer = client(cast.admin).get(PATH, {"q": words, "province": "38"})
    assert "16264" in [row["old"].code for row in answer.context["rows"]]


def test_the_place_of_the_tone_mark_is_of_no_matter() -> None:
    old = AdminUnit.objects.get(code="16264", level=Level.COMMUNE, valid_to=date(2025, 7, 1))
    AdminUnit.objects.filter(pk=old.pk).update(name="Thủy Hòa")
    assert old in in_doubt(words="thuỷ hoà")
    assert old not in in_doubt(words="thúy hòa")


def test_a_province_has_its_own_and_what_is_not_there_is_said(cast: Cast) -> None:
    every = client(cast.admin).get(PATH, {"province": "38"}).context["rows"]
    assert {link.new.parent.code for row in every for link in row["pairs"]} == {"38"}
    assert "Không có xã nào như vậy" in text(cast.admin, "?q=khong-co-dau")
    assert client(cast.admin).get(PATH, {"after": "999999999999999999999999"}).status_code == 200


def test_a_page_costs_the_same_however_many_stand_on_it(cast: Cast) -> None:
    admin = client(cast.admin)
    with at_most(14):
        admin.get(PATH)


def test_a_share_is_asked_about_then_written_with_its_source(cast: Cast) -> None:
    link = pair("16264", "16228")
    said = {"verdict": "accepted", "share": "0,35", "source": "Sổ hộ khẩu thôn 2025"}
    asked = client(cast.admin).post(address(link), said).content.decode()
    assert "Ghi quyết định này?" in asked
    assert "35,0" in asked
    link.refresh_from_db()
    assert link.share is None
    answer = client(cast.admin).post(address(link), {**said, "confirmed": "1"})
    assert answer.headers["Location"] == f"{PATH}?q=16264"
    link.refresh_from_db()
    assert link.share_source == "Sổ hộ khẩu thôn 2025"
    assert link.share == pytest.approx(0.35)
    event = AuditEvent.objects.get(action="area.link")
    assert event.actor == cast.admin.actor
    assert "chưa rõ 65,0" in text(cast.admin, "?q=16264")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"share": "1.5", "source": "x"}, "không nằm trong khoảng 0 đến 1"),
        ({"share": "nhiều", "source": "x"}, "Ghi một số như 0,35"),
        ({"share": "nan", "source": "x"}, "không nằm trong khoảng 0 đến 1"),
        ({"share": "0.4", "source": ""}, "is-error|errorlist"),
        ({"verdict": "perhaps", "source": "x"}, "is-error|errorlist"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    cast: Cast, said: dict[str, str], words: str
) -> None:
    link = pair("16264", "16228")
    entry = {"verdict": "accepted", "confirmed": "1", **said}
    page = client(cast.admin).post(address(link), entry).content.decode()
    assert any(each in page for each in words.split("|"))
    link.refresh_from_db()
    assert link.share is None
    assert not AuditEvent.objects.filter(action="area.link").exists()


def test_the_last_pair_of_a_commune_cannot_be_rejected(cast: Cast) -> None:
    said = {"verdict": "rejected", "source": "biên bản", "confirmed": "1"}
    first, second = pair("16264", "16228"), pair("16264", "16264")
    assert client(cast.admin).post(address(first), said).status_code == 302
    page = client(cast.admin).post(address(second), said).content.decode()
    assert "Không thể bỏ cặp cuối cùng" in page
    second.refresh_from_db()
    assert second.verdict == AdminLink.Verdict.AGREED.value
    assert second.kind == AdminLink.Kind.WHOLE.value


def test_a_hostile_source_is_inert(cast: Cast) -> None:
    link = pair("16264", "16228")
    hostile = "</script><img src=x onerror=alert(1)>"
    said = {"verdict": "accepted", "share": "", "source": hostile}
    assert hostile not in client(cast.admin).post(address(link), said).content.decode()
    client(cast.admin).post(address(link), {**said, "confirmed": "1"})
    assert hostile not in text(cast.admin, "?q=16264")


def test_many_pairs_and_names_come_from_files_all_or_none(cast: Cast) -> None:
    admin, upload = client(cast.admin), f"{PATH}upload/"
    for kind in ("pairs", "titles"):
        example = admin.get(f"/areas/examples/{kind}/?format=csv").content
        for user, status in ((cast.alice, 403), (cast.admin, 302), (cast.admin, 302)):
            given = {"file": SimpleUploadedFile("x.csv", example)}
            assert client(user).post(f"{upload}{kind}/", given).status_code == status
    assert pair("16264", "16228").share == pytest.approx(0.35)
    assert admin.get(f"{upload}others/").status_code == 404
    text = "old,new,verdict,share,source\n16264,16228,,0.1,x\n16264,16264,,0.95,x\n"
    refused = admin.post(f"{upload}pairs/", {"file": SimpleUploadedFile("y.csv", text.encode())})
    assert refused.status_code == 400
    assert "lớn hơn 1" in refused.content.decode()
    assert pair("16264", "16228").share == pytest.approx(0.35)
