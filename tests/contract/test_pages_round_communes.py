"""The communes of a round's area: imported by page, taken into a model, refused in words."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from shapely import box, to_geojson

from surveys.collection.models import AuditEvent, User
from surveys.fieldwork.models import RoundCommune
from surveys.results import estimating
from surveys.results.extract import RoundFrames, with_area
from surveys.results.recipe import Recipe
from surveys.results.round_area import RoundArea, area_of
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import AdminUnit, Population
from tests.page_figures import COMMUNES
from tests.page_world import World

pytestmark = pytest.mark.django_db
REFORM = date(2025, 7, 1)
WARD = "16300"  # no village of it was drawn
GOOD = [
    {
        "commune_code": code,
        "admin_version": "2025-07-01",
        "urban_share": "0,25",
        "villages": "24",
        "people_15": "8200",
        "people_18": "7650",
        "source": "Công an tỉnh",
    }
    for code in (*COMMUNES, WARD)
]


@pytest.fixture
def world(world: World) -> World:
    province = AdminUnit.objects.create(
        code="38", level="province", name="Thanh Hoá", type="Tỉnh", valid_from=REFORM
    )
    AdminUnit.objects.create(
        code=WARD, level="commune", name="Hạc Thành", type="Phường", valid_from=REFORM
    )
    AdminUnit.objects.filter(level="commune").update(parent=province)
    return world


def send(world: World, user: User, *rows: dict[str, str]) -> Any:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(GOOD[0]))
    writer.writeheader()
    writer.writerows(rows)
    client = Client()
    client.force_login(user)
    address = reverse("round_import", args=[world.round.pk, "communes"])
    file = SimpleUploadedFile("communes.csv", out.getvalue().encode(), "text/csv")
    return client.post(address, {"file": file})


def test_a_manager_imports_them_and_another_file_takes_their_place(world: World) -> None:
    assert send(world, world.cast.alice, *GOOD).status_code == 302
    held = RoundCommune.objects.get(unit__code=WARD)
    assert (held.urban_share, held.villages, held.people_18) == (0.25, 24, 7650)
    empty = {**GOOD[-1], "urban_share": "", "villages": "", "people_15": "", "people_18": ""}
    assert send(world, world.cast.alice, *GOOD[:-1], empty).status_code == 302
    assert RoundCommune.objects.count() == 5
    assert RoundCommune.objects.get(unit__code=WARD).urban_share is None
    assert AuditEvent.objects.filter(action="round.import").count() == 2
    for user in (world.analyst, world.viewer, world.rated):
        assert send(world, user, *GOOD).status_code == 403


def test_a_wrong_row_stores_nothing_and_is_named(world: World) -> None:
    first, *others = GOOD
    wrong = (
        (others, "thiếu xã Như Thanh (16228)"),
        ([*GOOD, first], "16228 đã có ở dòng 2"),
        ([first | {"urban_share": "25"}, *others], "25 không nằm trong 0..1"),
        ([first | {"people_18": "9000"}, *others], "nhiều hơn 8200 người từ 15 tuổi"),
        ([first | {"commune_code": "99999"}, *others], "99999"),
        ([first | {"villages": "<b>2</b>"}, *others], "&lt;b&gt;2&lt;/b&gt;"),
    )
    for rows, said in wrong:
        answer = send(world, world.cast.alice, *rows)
        assert answer.status_code == 400
        assert said in answer.content.decode()
    assert not RoundCommune.objects.exists()


def test_the_list_tells_a_model_of_all_communes(world: World) -> None:
    send(world, world.cast.alice, *GOOD)
    recipe = Recipe(small_area="arcsine", unsampled="list")
    found = area_of(world.round, recipe)
    (beyond,) = found.unsampled
    assert (beyond.code, beyond.vi, beyond.en) == (WARD, "phường Hạc Thành", "Hạc Thành ward")
    assert (beyond.urban, beyond.villages, beyond.people("18+")) == (0.25, 24, 7650)
    bare = RoundFrames(None, None, (), "inputs")
    assert with_area(bare, world.round, recipe).inputs_sha256 != "inputs"
    assert with_area(bare, world.round, Recipe()) == bare


def test_the_province_tells_what_the_territory_holds(world: World) -> None:
    recipe = Recipe(small_area="arcsine", unsampled="province")
    for unit in AdminUnit.objects.filter(level="commune"):
        for definition, count in (("registered", 9000), ("usual_resident", 8000)):
            if definition == "registered" or unit.code != WARD:
                Population.objects.create(
                    unit=unit, group="15+", count=count, definition=definition, source="S",
                    date=date(2026, 1, 1),
                )  # fmt: skip
    found = {each.code: each for each in area_of(world.round, recipe).communes}
    assert (found[WARD].urban, found["16228"].urban) == (1.0, 0.0)
    # the definition of the round comes first, also where it lacks a commune without a sample
    assert (found["16228"].people_15, found[WARD].people_15) == (8000, None)
    Population.objects.filter(unit__code="16228", definition="usual_resident").delete()
    found = {each.code: each for each in area_of(world.round, recipe).communes}
    assert (found["16228"].people_15, found[WARD].people_15) == (9000, 9000)
    assert area_of(world.round, Recipe()) == RoundArea()


def test_choices_that_lack_their_ground_are_refused_in_words(world: World) -> None:
    chosen: dict[str, Any] = {"small_area": "arcsine", "covariates": []}
    with pytest.raises(estimating.EstimatingRefused) as no_list:
        estimating.choose(world.cast.alice.actor, world.round, {**chosen, "unsampled": "list"})
    assert "chưa có danh sách xã" in str(no_list.value.details["reason_vi"])
    spatial = {**chosen, "small_area": "spatial", "unsampled": "province"}
    for quality in (None, "schematic"):
        if quality is not None:
            draw(world, quality)
        with pytest.raises(estimating.EstimatingRefused) as no_borders:
            estimating.choose(world.cast.alice.actor, world.round, spatial)
        assert "real boundaries" in str(no_borders.value.details["reason_en"])
    draw(world, "legal")
    held = estimating.choose(world.cast.alice.actor, world.round, spatial)
    borders = area_of(held, Recipe.of(held.recipe)).borders
    assert borders == (("16228", "16234"), ("16234", "16249"), ("16249", "16258"), ("16258", WARD))


def draw(world: World, quality: str) -> None:
    """The communes as squares in a row."""
    units = {unit.code: unit for unit in AdminUnit.objects.filter(level="commune")}
    shapes = {code: to_geojson(box(at, 0, at + 1, 1)) for at, code in enumerate(sorted(units))}
    levels = dict.fromkeys(("full", "100"), shapes)
    store(ImportedSet(quality, "S", "L", REFORM, quality, quality, levels), units)
