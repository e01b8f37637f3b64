"""A server with forms of before: its lists are made when it is brought up to date."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from surveys.collection import publishing
from surveys.collection.models import (
    Entity,
    EntityList,
    EntityProperty,
    EntitySource,
    FormAttachment,
)
from tests.cast import Cast, make_cast
from tests.entity_world import REPEAT_FORM, Office, creation, entity_form, new_uuid

MIGRATION: Any = import_module("surveys.collection.migrations.0016_lists_of_older_forms")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def as_before() -> None:
    """As a server without lists had stored its forms."""
    EntitySource.objects.all().delete()
    EntityProperty.objects.all().delete()
    EntityList.objects.all().delete()
    FormAttachment.objects.update(entity_list="", content_type="")


def test_lists_properties_and_files_of_older_forms_are_made_once(cast: Cast) -> None:
    office = Office(cast).with_form()
    office.publish(REPEAT_FORM)
    known = list(EntitySource.objects.order_by("pk").values("list_name", "path", "properties"))
    as_before()
    for _ in range(2):
        MIGRATION.make_lists(apps, None)
        found = EntitySource.objects.order_by("pk").values("list_name", "path", "properties")
        assert list(found) == known
    names = {
        each.name: [prop.name for prop in each.properties.order_by("pk")]
        for each in EntityList.objects.all()
    }
    assert names == {
        "people": ["full_name", "phone"],
        "gardens": ["name_vi"],
        "trees": ["species"],
    }
    assert FormAttachment.objects.get(name="people.csv").entity_list == "people"
    office.send(creation(new_uuid()))
    assert Entity.objects.count() == 1


def test_a_draft_of_before_makes_no_list(cast: Cast) -> None:
    publishing.create_form(cast.alice.actor, cast.project, entity_form())
    as_before()
    MIGRATION.make_lists(apps, None)
    assert EntitySource.objects.count() == 1
    assert not EntityList.objects.exists()
