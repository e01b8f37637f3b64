"""The job that draws an ordered map, and what a run finds out for its maps."""

import pytest
from shapely import box, to_geojson

from surveys.collection import jobs
from surveys.collection.blobs import open_blob
from surveys.collection.models import Job, Role
from surveys.results import map_orders, map_orders_job, run_patterns
from surveys.results.map_choice import MapChoice
from surveys.results.models import Estimate, MapOrder, Run
from surveys.results.reading import reader
from surveys.results.report.locator import locator_file
from surveys.results.report.maps import shapes_of, specification
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import AdminUnit
from surveys.territory.shipped import REFORM
from tests.cast import make_user
from tests.unit.results import test_report
from tests.unit.results.test_report import hidden, row

pytestmark = pytest.mark.django_db
run = test_report.run  # its fixture
HANDLERS = map_orders_job  # registers them
SIDE = 4
SECRETS = ("0.8765", "87,7", "87.7", "0.88")


@pytest.fixture
def rows(run: Run) -> list[Estimate]:
    model = row(run, "equipped", "16221", estimate=0.55, method="model", gamma=0.4)
    made = [row(run, "equipped", "16220"), hidden(run, "equipped", "16221"), model]
    made += [row(run, "smartphone_own", "16220"), hidden(run, "smartphone_own", "16221")]
    return Estimate.objects.bulk_create(made)


def ordered(run: Run, choice: MapChoice) -> MapOrder:
    user = make_user(f"v{MapOrder.objects.count()}", Role.ANALYST, run.round.project)
    made = map_orders.order(user.actor, run, choice)
    assert made.job is not None
    jobs.run(made.job)
    made.refresh_from_db()
    return made


def test_two_kinds_stand_side_by_side_and_nothing_withheld_travels(
    run: Run, rows: list[Estimate]
) -> None:
    wish = MapChoice("equipped", view="margin", beside="equipped", beside_kind="model")
    made = ordered(run, wish)
    with open_blob(str(made.blob_id)) as file:
        document = file.read().decode()
    for said in ("ước lượng trực tiếp", "ước lượng của mô hình", 'id="map-1"', "55,0"):
        assert said in document
    assert '<option value="margin" selected>' in document
    assert f"/runs/{run.pk}/communes/16220/" in document
    figures = document[document.index("<tbody>") :]
    assert not any(secret in figures for secret in SECRETS)
    assert made.name == "map-equipped-margin-with-equipped-vi.html"


def test_a_sheet_is_drawn_as_it_was_ordered_and_an_impossible_view_is_said(
    run: Run, rows: list[Estimate]
) -> None:
    wish = MapChoice("equipped", form="svg", paper="A3", lies="landscape", is_grey=True)
    made = ordered(run, wish)
    with open_blob(str(made.blob_id)) as file:
        sheet = file.read().decode()
    assert "ước lượng trực tiếp" in sheet
    assert 'width="1190' in sheet  # points of A3 across
    assert "#41b6c4" not in sheet  # the colour of its class
    assert made.content_type == "image/svg+xml"
    failed = ordered(run, MapChoice("equipped", view="target"))
    assert failed.job is not None
    failed.job.refresh_from_db()
    assert failed.job.state == Job.State.FAILED
    assert "tô màu" in failed.job.errors[0]["vi"]


def board(run: Run, quality: str) -> list[AdminUnit]:
    """The communes of a run as squares of a board."""
    units = [
        AdminUnit.objects.create(
            code=f"9{n:04}", level="commune", valid_from=REFORM, name=f"Ô {n}", type="Xã"
        )
        for n in range(SIDE * SIDE)
    ]
    shapes = {
        each.code: to_geojson(box(n % SIDE, n // SIDE, n % SIDE + 1, n // SIDE + 1))
        for n, each in enumerate(units)
    }
    found = ImportedSet("b", "x", "x", REFORM, quality, quality, {"full": shapes, "100": shapes})
    store(found, {each.code: each for each in units})
    run.report["areas"] = [
        {"code": each.code, "valid_from": REFORM.isoformat(), "name": each.name} for each in units
    ]
    return units


def test_a_run_tells_where_neighbours_are_alike_from_shown_figures_only(run: Run) -> None:
    units = board(run, "third_party")
    made = [
        row(run, "equipped", each.code, estimate=0.9 if n // SIDE < 2 else 0.2)
        for n, each in enumerate(units[:-1])
    ]
    made.append(hidden(run, "equipped", units[-1].code))
    run.report["definitions"] = {"equipped": run.report["definitions"]["equipped"]}
    found = reader(run, made, [])
    run.report["patterns"] = run_patterns.patterns_of(found)
    told = run.report["patterns"]["of"]["equipped"]
    assert told["i"] > 0.5
    assert told["p"] < 0.01
    assert told["left_out"] == 1
    assert not told["is_mostly_error"]
    assert units[-1].code not in told["clusters"]
    assert set(told["clusters"].values()) <= {"high_among_high", "low_among_low"}
    assert "pattern" in run_patterns.views_of(found)["equipped"]["direct"]
    codes = {unit.code: unit for unit in units}
    spec = specification(found, "equipped", codes, shapes_of(codes))
    named = {area.code: area.pattern for area in spec.areas}
    assert named[units[-1].code] is None
    assert b'"near":{"90000"' in locator_file(found)


def test_sketches_tell_no_neighbours_and_the_run_says_why(run: Run) -> None:
    board(run, "schematic")
    found = reader(run, [], [])
    assert "ranh giới thật" in run_patterns.patterns_of(found)["why"]["vi"]
    assert b'"near":{}' in locator_file(found)
