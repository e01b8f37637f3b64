"""Results on pages: the figure with its interval, n and source, or `..` with the reason."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from dashboard.presentation import formats
from surveys.collection.models import Job, User
from surveys.results.models import Estimate, Run
from surveys.results.reading.places import communes_of
from surveys.territory.models import Population
from tests.page_world import World

pytestmark = pytest.mark.django_db


def read(user: User, path: str, language: str = "vi", **query: str) -> str:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    page = client.get(path, query).content.decode()
    return re.sub(r"\s+", " ", page)


def test_the_headline_says_the_index_with_its_interval_and_base(world: World) -> None:
    page = read(world.viewer, reverse("satisfaction", args=[world.round.pk]))
    assert "<strong>76,2</strong> trên 100 (khoảng tin cậy 95 %: 72,2–80,2)" in page
    assert "n = 893 người từ 18 tuổi, 48 thôn, cỡ mẫu hiệu quả 558." in page
    assert "Yếu tố thấp nhất: <strong>Tiếp nhận góp ý, phản ánh</strong> (53,7)" in page
    english = read(world.viewer, reverse("satisfaction", args=[world.round.pk]), "en")
    assert "<strong>76.2</strong> of 100 (95% confidence interval: 72.2–80.2)" in english


def test_overlapping_factors_are_not_told_apart(world: World) -> None:
    Estimate.objects.filter(indicator="voice_know_users", domain_type="round").update(
        estimate=76.5, lower=72.5, upper=80.5
    )
    page = read(world.viewer, reverse("satisfaction", args=[world.round.pk]))
    assert "chưa phân biệt được với “Thủ tục”" in page


@pytest.mark.parametrize("route", ["satisfaction", "readiness"])
def test_an_unpublished_commune_shows_two_dots_and_why(world: World, route: str) -> None:
    page = read(world.viewer, reverse(route, args=[world.round.pk]))
    row = page.partition("xã Xuân Thái</a></th>")[2].partition("</tr>")[0]
    assert ">..<" in row
    assert not re.search(r"\d,\d", re.sub(r"±[\d,]+", "", row))  # the margin is of the design
    assert "Chỉ có 3 thôn. Hãy xem con số chung của cả đợt khảo sát." in page


def test_an_uncertain_commune_is_hatched_and_said_in_words(world: World) -> None:
    page = read(world.viewer, reverse("readiness", args=[world.round.pk]))
    row = page.partition("xã Xuân Du</a></th>")[2].partition("</tr>")[0]
    assert 'class="num hatched"' in row
    assert "(chưa chắc chắn)" in row


def test_a_round_without_any_commune_published_says_what_to_read_instead(world: World) -> None:
    Estimate.objects.filter(domain_type="commune").update(publication="none")
    for route in ("satisfaction", "readiness"):
        page = read(world.viewer, reverse(route, args=[world.round.pk]))
        assert "Không xã nào được công bố riêng trong đợt này." in page
        assert "hãy đọc dòng “Cả đợt”" in page


def test_a_confidential_cell_does_not_even_show_its_n(world: World) -> None:
    hidden = Estimate.objects.filter(domain="16258")
    hidden.update(flags=["confidential"], n=4)
    page = read(world.viewer, reverse("readiness", args=[world.round.pk]))
    row = page.partition("xã Xuân Thái</a></th>")[2].partition("</tr>")[0]
    assert not re.search(r">\d+<", row)


def test_results_carry_their_provenance_and_never_call_themselves_sipas(world: World) -> None:
    for route in ("satisfaction", "readiness", "technical"):
        for language in ("vi", "en"):
            page = read(world.viewer, reverse(route, args=[world.round.pk]), language)
            for fact in ("123/QĐ-SNV", "Sở Nội vụ Thanh Hoá", "Hồng Đức", "ab" * 32):
                assert fact in page
            assert "SIPAS" not in page
            assert {"vi": "Dữ liệu mô phỏng", "en": "Synthetic data"}[language] in page


def test_persons_not_ready_come_with_their_margin_and_population(world: World) -> None:
    page = read(world.viewer, reverse("readiness", args=[world.round.pk]))
    assert "Khoảng <strong>17.110 người</strong> (±\u00a01.460) chưa đủ." in page.replace(
        "± ", "±\u00a0"
    )
    assert "người ở thường xuyên, 36.400 người" in page


@pytest.mark.parametrize(("direction", "first"), [("asc", "Xuân Du"), ("desc", "Mậu Lâm")])
def test_communes_are_sorted_and_unpublished_ones_stand_last(
    world: World, direction: str, first: str
) -> None:
    path = reverse("readiness", args=[world.round.pk])
    page = read(world.viewer, path, sort="equipped", dir=direction)
    table = page.partition("Bảng theo xã</h2>")[2].partition("Cả đợt")[0]
    names = re.findall(r'<th scope="row"><a [^>]*>xã ([^<]+)</a></th>', table)
    assert names[0] == first
    assert names[-1] == "Xuân Thái"


def test_a_bent_sort_is_no_error(world: World) -> None:
    for route in ("readiness", "fieldwork"):
        path = reverse(route, args=[world.round.pk])
        assert "Xuân" in read(world.cast.alice, path, sort="<b>", dir="x", kind="Z", map="../x")


def test_the_map_is_framed_without_an_origin_and_brings_its_own_policy(world: World) -> None:
    page = read(world.viewer, reverse("readiness", args=[world.round.pk]))
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None
    assert 'sandbox="allow-scripts allow-top-navigation-by-user-activation"' in frame[0]
    assert 'id="xa-16228"' in page  # where the map's links lead
    client = Client()
    client.force_login(world.viewer)
    answer = client.get(reverse("map_document", args=[world.run.pk, "equipped"]))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert client.get(reverse("map_document", args=[world.run.pk, "none"])).status_code == 404


def test_reports_are_downloads_in_the_language_of_the_page(world: World) -> None:
    path = reverse("artefact", args=[world.run.pk, world.report.pk])
    assert path in read(world.viewer, reverse("satisfaction", args=[world.round.pk]))
    assert path not in read(world.viewer, reverse("satisfaction", args=[world.round.pk]), "en")
    client = Client()
    client.force_login(world.viewer)
    answer = client.get(path)
    assert answer.getvalue() == b"PK"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_without_a_run_the_pages_say_what_to_do(world: World) -> None:
    Run.objects.filter(pk=world.run.pk).update(finished_at=None)
    for route in ("satisfaction", "readiness", "technical"):
        path = reverse(route, args=[world.round.pk])
        assert "Đến trang của đợt" in read(world.cast.alice, path)
        assert "khi người phụ trách công bố" in read(world.viewer, path)


def test_a_run_without_one_of_the_forms_says_which(world: World) -> None:
    report = world.run.report
    del report["definitions"]["equipped"]
    Run.objects.filter(pk=world.run.pk).update(report=report)
    page = read(world.viewer, reverse("readiness", args=[world.round.pk]))
    assert "không có phiếu A" in page


@pytest.mark.parametrize(
    "route", ["home", "project", "round", "fieldwork", "satisfaction", "readiness", "technical"]
)
def test_a_page_asks_the_database_a_bounded_number_of_times(world: World, route: str) -> None:
    arguments = {"home": [], "project": [world.cast.project.pk]}.get(route, [world.round.pk])
    client = Client()
    client.force_login(world.cast.alice)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(route, args=arguments))
    assert len(queries) <= 25


def test_the_source_is_what_the_run_stored_and_says_what_the_benchmarks_count(world: World) -> None:
    report = {
        **world.run.report,
        "benchmark_definition": "mixed",
        "areas": [{"code": "16228", "valid_from": "2025-07-01", "name": "xã Như Thanh"}],
        "round": {"sponsor": "Sở cũ", "decision_number": "1/QĐ", "field_agency": "Viện"},
    }
    Run.objects.filter(pk=world.run.pk).update(report=report)
    page = read(world.viewer, reverse("satisfaction", args=[world.round.pk]))
    source = page.partition("Phương pháp và nguồn")[2]
    for fact in ("Sở cũ", "nhiều cách đếm khác nhau", "01/07/2025"):
        assert fact in source


def test_a_list_question_below_zero_is_explained_to_the_officer(world: World) -> None:
    run = world.run
    run.report["definitions"]["extra_paid_list"] = {
        "vi": "Đưa thêm tiền", "en": "Gave beyond the fee", "unit": "share", "kind": "index",
        "base": {"vi": "người làm giấy tờ", "en": "users"},
    }  # fmt: skip
    run.save()
    kept = Estimate.objects.filter(run=run, domain_type="round").first()
    assert kept is not None
    kept.pk, kept.indicator, kept.category = None, "extra_paid_list", ""
    kept.estimate, kept.lower, kept.upper = -0.034, -0.18, 0.11
    kept.save()
    page = read(world.viewer, reverse("satisfaction", args=[world.round.pk]))
    assert "Không phân biệt được với 0" in page


def test_the_technical_page_shows_the_results_of_the_run_and_its_checks(world: World) -> None:
    sample = {
        "strata": 6, "psus": 96, "fewest_psus": 16, "households": 1920, "largest_fraction": 0.31,
        "has_fpc": True, "dispositions": {"110": 1703},
    }  # fmt: skip
    core = [{"indicator": "bank_account", "all": 0.712, "self": 0.663}]
    report = {**world.run.report, "sample": {"A": sample}, "core_check": core}
    Run.objects.filter(pk=world.run.pk).update(report=report)
    page = read(world.viewer, reverse("technical", args=[world.round.pk]))
    for said in ("1.703", "Hoàn thành", "71,2", "66,3", "4,9"):
        assert said in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ("1,83", "ghép với 16249", "gộp với m 18-29", "Số người lớn nhiều nhất")),
        ("en", ("1.83", "paired with 16249", "merged with m 18-29", "persons capped")),
    ],
)
def test_pooled_deff_and_what_the_weighting_did_are_said_in_the_language_of_the_page(
    world: World, language: str, words: tuple[str, ...]
) -> None:
    page = read(world.viewer, reverse("technical", args=[world.round.pk]), language)
    for said in words:
        assert said in page


def test_a_group_of_minors_shows_the_n_of_the_figures_that_it_has(world: World) -> None:
    Estimate.objects.filter(domain="18-29").update(domain="15-17")
    Estimate.objects.filter(domain="15-17", indicator="equipped").update(
        n=0, n_psu=0, n_eff=None, publication="none"
    )
    Estimate.objects.filter(domain="15-17", indicator="smartphone_own").update(n=61, n_psu=37)
    page = read(world.viewer, reverse("readiness", args=[world.round.pk]))
    row = page.partition("15–17 tuổi</th>")[2].partition("</tr>")[0]
    last_four = [cell.rsplit(">", 1)[1] for cell in row.split("</td>")[:-1]][-4:]
    assert last_four == ["61", "–", "–", "37"]
    assert "n (15+)" in page
    assert "n (18+)" in page


def test_a_range_with_a_negative_end_is_said_in_words() -> None:
    assert formats.span("72,2", "80,2") == "72,2–80,2"
    with override("vi"):
        assert formats.span("−18,2", "11,4") == "−18,2 đến 11,4"
    with override("en"):
        assert formats.span("−18.2", "11.4") == "−18.2 to 11.4"


def test_each_reason_names_the_areas_and_columns_that_it_is_about(world: World) -> None:
    hidden = Estimate.objects.filter(domain="16228", indicator__in=("sat_users", "factor_staff"))
    hidden.update(publication="none", reason_vi="Quá ít người trả lời.")
    page = read(world.viewer, reverse("satisfaction", args=[world.round.pk]))
    said = page.partition("Vì sao có ô không công bố")[2].partition("</ul>")[0]
    assert (
        "<strong>xã Như Thanh (Chỉ số hài lòng, Cán bộ tiếp nhận)</strong>: Quá ít người trả lời."
    ) in said
    assert "<strong>xã Xuân Thái</strong>: Chỉ có 3 thôn." in said


def test_a_failed_run_is_a_sentence_with_a_remedy_and_no_columns_of_a_workbook(
    world: World,
) -> None:
    error = {"vi": "Thiếu nhóm.", "en": "A group lacks.", "remedy_vi": "Nhập lại."}
    failed = Job.objects.create(
        kind="run",
        state=Job.State.FAILED,
        payload={},
        created_by=world.viewer.actor,
        errors=[{**error, "remedy_en": "Import again."}],
    )
    page = read(world.viewer, reverse("job", args=[failed.pk]))
    assert "Thiếu nhóm." in page
    assert "Nhập lại." in page
    assert "Trang tính" not in page
    Job.objects.filter(pk=failed.pk).update(errors=[{**error, "sheet": "survey", "row": 4}])
    assert "Trang tính" in read(world.viewer, reverse("job", args=[failed.pk]))


def test_households_that_are_stored_turn_a_share_of_households_into_their_number(
    world: World,
) -> None:
    definitions = world.run.report["definitions"]
    definitions["equipped_hh"] = definitions["equipped"]
    world.run.save(update_fields=["report"])
    row = Estimate.objects.get(run=world.run, indicator="equipped", domain_type="round")
    row.pk, row.indicator = None, "equipped_hh"
    row.save()
    path = reverse("readiness", args=[world.round.pk])
    assert "hộ</strong>" not in read(world.viewer, path)
    counted = {"definition": "registered", "source": "Công an tỉnh", "date": "2026-01-01"}
    Population.objects.bulk_create(
        Population(unit=unit, group="households", count=1000, **counted)
        for unit in communes_of(world.run)
    )
    page = read(world.viewer, path)
    assert "Khoảng <strong>1.880 hộ</strong>" in page
    assert "Trên 4.000 hộ (dân đăng ký; Công an tỉnh, 01/01/2026)" in page
