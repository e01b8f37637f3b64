"""Pages of areas in time: finding a unit, its history, populations, villages, conversion."""

import io
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook
from pytest_django import DjangoDbBlocker

from surveys.collection.models import AuditEvent, User
from surveys.fieldwork.area_population import load_population
from surveys.fieldwork.area_tables import Upload
from surveys.fieldwork.area_villages import apply_villages
from surveys.territory.models import AdminUnit, Level, Population, Village
from surveys.territory.profiles import find_units
from surveys.territory.units import communes, load_units
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
BEFORE = date(2025, 6, 30)
HEAD = "code,group,count,definition,source,date\n"
TAIL = "registered,Công an tỉnh,2026-01-01\n"
PEERS = ("16228", "16234", "16249", "16264", "16273")


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


def client(user: User, language: str = "vi") -> Client:
    found = Client()
    found.cookies["django_language"] = language
    found.force_login(user)
    return found


def page(user: User, path: str, language: str = "vi") -> str:
    answer = client(user, language).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def file(text: str, name: str = "bang.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def unit(code: str, on: date | None = None) -> AdminUnit:
    return communes([code], on=on)[0]


def people(*counts: tuple[str, int], group: str = "18+") -> str:
    return HEAD + "".join(f"{code},{group},{count},{TAIL}" for code, count in counts)


def usual(fold: float = 1.0) -> list[tuple[str, int]]:
    """Five communes of one density, and 16258, which is so many times as dense."""
    found = [(each, round(200 * (unit(each).area_km2 or 0))) for each in PEERS]
    return [*found, ("16258", round(200 * fold * (unit("16258").area_km2 or 0)))]


def test_a_name_is_found_with_and_without_marks_on_the_day_asked_for(cast: Cast) -> None:
    reader = cast.bob  # no role is needed to read about areas
    for words in ("nhu thanh", "16228"):
        assert unit("16228") in client(reader).get("/areas/", {"q": words}).context["listed"].rows
    old = client(reader).get("/areas/", {"q": "16228", "on": "2025-06-30"})
    assert [each.full_name for each in old.context["listed"].rows] == ["thị trấn Bến Sung"]
    assert unit("16228") in old.context["others"]
    alias = client(reader).get("/areas/", {"q": "06970"}).context["listed"].rows
    assert [each.code for each in alias] == ["06978"]
    for level, day, n in (
        (Level.PROVINCE, BEFORE, 63),
        (Level.PROVINCE, None, 34),
        (Level.DISTRICT, BEFORE, 696),
        (Level.DISTRICT, None, 0),
        (Level.COMMUNE, BEFORE, 10_035),
        (Level.COMMUNE, None, 3321),
    ):
        assert find_units(level=level, on=day).count() == n, (level, day)
    assert "Không có đơn vị nào" in page(reader, "/areas/?q=Huyện Như Thanh Nào&province=38")
    for odd in ("?on=x&level=x&province=999&after=zz", "?q=%00", "?q=%20"):
        assert client(reader).get(f"/areas/{odd}").status_code == 200


def test_a_unit_says_what_it_was_and_became_with_shares_and_sources(cast: Cast) -> None:
    new = page(cast.bob, f"/areas/{unit('16228').pk}/")
    for said in ("thị trấn Bến Sung", "xã Yên Thọ", "một phần", "chưa có", "Thanh Hóa"):
        assert said in new
    assert "areas/links" not in new  # who may not decide is not asked to
    assert "areas/links" in page(cast.admin, f"/areas/{unit('16228').pk}/")
    old = page(cast.bob, f"/areas/{unit('16264', BEFORE).pk}/", "en")
    assert "no longer in force since" in old
    assert "xã Như Thanh" in old
    district = AdminUnit.objects.get(level=Level.DISTRICT, code="403")
    reader = client(cast.bob)
    with CaptureQueriesContext(connection) as asked:
        shown = reader.get(f"/areas/{district.pk}/").content.decode()
    assert "xã Công Chính" in shown
    assert len(asked) <= 20, len(asked)
    province = AdminUnit.objects.get(level=Level.PROVINCE, code="25", valid_to=None)
    shown = page(cast.bob, f"/areas/{province.pk}/")
    assert "Hòa Bình" in shown
    assert "Vĩnh Phúc" in shown
    for level, code in ((Level.PROVINCE, "38"), (Level.COMMUNE, "16258")):
        now = AdminUnit.objects.get(level=level, code=code, valid_to=None)
        shown = page(cast.bob, f"/areas/{now.pk}/")
        assert "Cùng mã và cùng địa bàn như trước" in shown
        assert "địa bàn khác" not in shown
    assert "của một địa bàn khác" in new
    city = AdminUnit.objects.get(level=Level.PROVINCE, code="75", valid_to=None)
    shown = page(cast.bob, f"/areas/{city.pk}/?on=2026-01-01")
    assert "30/04/2026" in shown
    assert "tỉnh Đồng Nai" in shown


def test_counts_that_look_wrong_are_asked_about_and_stored_when_accepted(cast: Cast) -> None:
    path, admin = "/areas/people/upload/", client(cast.admin)
    asked = admin.post(path, {"file": file(people(*usual(40)), "dân.csv")})
    assert "mật độ gấp 40 lần" in asked.content.decode()
    assert not Population.objects.exists()
    kept = {name: asked.context[name] for name in ("kept", "kept_name")}
    again = admin.post(path, {**kept, "accept": "99999"})
    assert "mật độ gấp 40 lần" in again.content.decode()
    done = admin.post(path, {**kept, "accept": "16258"})
    assert done.headers["Location"] == "/areas/people/"
    assert Population.objects.count() == 6
    event = AuditEvent.objects.get(action="area.population")
    assert (event.actor, event.details["name"]) == (cast.admin.actor, "dân.csv")
    shown = page(cast.bob, "/areas/people/?sort=count")
    assert shown.index("xã Xuân Thái") < shown.index("xã Xuân Du")
    assert "remove" not in shown
    rows = client(cast.bob).get("/areas/people/?q=nhu+thanh&province=38").context["rows"]
    assert [row.unit.code for row in rows] == ["16228"]


def test_a_workbook_is_read_and_what_is_downloaded_can_be_uploaded_again(cast: Cast) -> None:
    book = Workbook()
    assert book.active is not None
    for line in people(*usual()).splitlines():
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    admin = client(cast.admin)
    upload = SimpleUploadedFile("dan.xlsx", out.getvalue())
    assert admin.post("/areas/people/upload/", {"file": upload}).status_code == 302
    for kind in ("csv", "xlsx"):
        content = admin.get(f"/areas/people/?format={kind}").content
        assert load_population(None, Upload(f"x.{kind}", content)).stored == 6
    assert Population.objects.count() == 6
    for kind in ("", "?format=csv"):
        example = admin.get(f"/areas/examples/population/{kind}").content
        assert load_population(None, Upload("mau", example)).stored == 3
    assert admin.get("/areas/examples/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "16228,18+,9,000," + TAIL, "nhiều ô hơn"),
        (HEAD + f"16231,18+,9,usual,Xã,2024-01-01\n99999,18+,9,{TAIL}", "99999 → ?"),
        ("code,count\n16228,1\n", "Tệp thiếu cột"),
        (HEAD + f"16228,18+,9.000,{TAIL}", "không phải là số đếm"),
        ("PK\x03\x04 no workbook", "Không mở được sổ tính"),
        ("x" * 10, "Tệp thiếu cột"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_stores_nothing(
    cast: Cast, text: str, says: str
) -> None:
    answer = client(cast.admin).post("/areas/people/upload/", {"file": file(text)})
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Population.objects.exists()


def test_only_administrators_change_anything(cast: Cast) -> None:
    load_population(None, Upload("a.csv", people(*usual()).encode()))
    number = Population.objects.latest("pk").pk
    for path in ("people/upload/", "villages/upload/", f"people/{number}/remove/"):
        for user in (cast.alice, cast.bob):
            assert client(user).post(f"/areas/{path}", {"file": file("x")}).status_code == 403
        assert Client().post(f"/areas/{path}").status_code == 302
    assert Population.objects.count() == 6
    assert not AuditEvent.objects.filter(action="area.population_removed").exists()


def test_a_wrong_import_is_taken_back_after_a_question(cast: Cast) -> None:
    load_population(None, Upload("a.csv", people(*usual()).encode()))
    other = people(("16228", 9000)).replace("Công an tỉnh", "Tổng điều tra")
    load_population(None, Upload("b.csv", other.encode()))
    wrong = Population.objects.filter(source="Công an tỉnh").latest("pk").pk
    path, admin = f"/areas/people/{wrong}/remove/", client(cast.admin)
    assert "Xoá 6 số" in admin.get(path).content.decode()
    assert Population.objects.count() == 7
    assert admin.post(path).status_code == 302
    assert Population.objects.get().source == "Tổng điều tra"
    assert AuditEvent.objects.get(action="area.population_removed").details["rows"] == 6
    assert admin.post(path).status_code == 404


def test_a_village_moved_twice_and_one_merged_into_it_tell_their_history(cast: Cast) -> None:
    text = (
        "village_id,name,commune,from,became,how,source\n"
        "a/1,Thôn <b>Đồng</b>,16228,2025-07-01,,,=1+1\n"
        "a/1,,16264,2026-03-01,,,Nghị quyết 12\n"
        "a/1,,16273,2026-09-01,,,Nghị quyết 44\n"
        "b,Thôn Bãi,16264,2025-07-01,,,Danh sách\n"
        "b,,,2026-05-01,a/1,merged,Nghị quyết 15\n"
    )
    admin = client(cast.admin)
    assert admin.post("/areas/villages/upload/", {"file": file(text)}).status_code == 302
    shown = page(cast.bob, "/areas/villages/of/a/1/")
    for said in ("01/03/2026", "01/09/2026", "xã Thanh Kỳ", "Nghị quyết 15", "Thôn Bãi"):
        assert said in shown
    assert "<b>" not in shown
    for day, code in (("2025-12-31", "16228"), ("2026-04-01", "16264"), ("", "16273")):
        rows = client(cast.bob).get("/areas/villages/", {"q": "dong", "on": day}).context["listed"]
        assert [each.unit.code for each in rows.rows if each.unit] == [code]
    assert client(cast.bob).get("/areas/villages/?q=%00&commune=%00&after=%00").status_code == 200
    assert client(cast.bob).get("/areas/villages/of/%00/").status_code == 404
    listed = client(cast.bob).get("/areas/villages/?commune=16264").context["listed"]
    assert [each.village.pk for each in listed.rows] == ["a/1", "b"]
    assert "Thôn" in page(cast.bob, f"/areas/{unit('16273').pk}/")
    bad = admin.post("/areas/villages/upload/", {"file": file(text.replace("a/1,,16273", "c,,1"))})
    assert bad.status_code == 400
    assert "Chưa ghi gì" in bad.content.decode()
    assert Village.objects.count() == 2


def test_people_of_a_rated_office_do_not_see_the_villages_of_samples(cast: Cast) -> None:
    line = b"village_id,name,commune,from,source\nv,L\xc3\xa0ng,16228,2025-07-01,x\n"
    apply_villages(None, Upload("a.csv", line))
    User.objects.filter(pk=cast.bob.pk).update(rated_commune="16228")
    rated = User.objects.get(pk=cast.bob.pk)
    for path in ("/areas/villages/", "/areas/villages/of/v/"):
        assert client(rated).get(path).status_code == 403
    shown = page(rated, f"/areas/{unit('16228').pk}/")
    assert "Làng" not in shown
    assert "/areas/villages/" not in shown


def test_a_series_is_shown_with_how_each_figure_came_about_then_downloaded(cast: Cast) -> None:
    old = {link.old for link in unit("16228").predecessors.all()} | {
        link.old for link in unit("16234").predecessors.all()
    }
    lines = ["code,date,count", *(f"{each.code},2024-12-31,100" for each in old)]
    lines += ["16228,2026-06-30,450", "16234,2026-06-30,320"]
    said = {"on": "2025-07-01", "file": file("\n".join(lines), "năm.csv")}
    bob = client(cast.bob)
    answer = bob.post("/areas/convert/", said)
    shown = answer.content.decode()
    for word in ("nguyên địa bàn", "cộng nguyên xã", "không quy đổi được", "từ 300 đến 400"):
        assert word in shown
    assert "thiếu tỷ lệ của 16264" in shown
    kept = {**answer.context["kept"], "on": "2025-07-01"}
    csv = bob.post("/areas/convert/", {**kept, "format": "csv"}).content.decode("utf-8-sig")
    assert "2024-12-31,16234,xã Xuân Du,2025-07-01,300.0,aggregated" in csv
    xlsx = bob.post("/areas/convert/", {**kept, "format": "xlsx"}).content
    sheet = load_workbook(io.BytesIO(xlsx)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["date", "code", "name"]
    assert "16234" in [row[1].value for row in sheet.iter_rows()]


def test_one_day_wants_the_day_of_its_codes_and_going_back_the_people(cast: Cast) -> None:
    bob = client(cast.bob)
    text = "code,count\n16234,300\n"
    asked = bob.post("/areas/convert/", {"on": "2025-06-30", "file": file(text)})
    assert asked.status_code == 400
    assert "ngày của mã" in asked.content.decode()
    weights = "code,count\n16231,50\n16234,25\n16240,25\n"
    back = {"on": "2025-06-30", "was": "2026-01-01", "file": file(text), "people": file(weights)}
    answer = bob.post("/areas/convert/", back)
    assert "chia theo tỷ lệ" in answer.content.decode()
    assert [row.figure.value for row in answer.context["preview"].rows] == [150, 75, 75]
    kept = {**answer.context["kept"], "on": "2025-06-30", "was": "2026-01-01", "format": "csv"}
    assert b"16231" in bob.post("/areas/convert/", kept).content
    stray = {"on": "2025-06-30", "was": "2026-01-01", "file": file("code,count\n16231,1\n")}
    refused = bob.post("/areas/convert/", stray)
    assert "16231 → xã Xuân Du (16234)" in refused.content.decode()
    assert bob.post("/areas/convert/", {"on": "x"}).status_code == 200
