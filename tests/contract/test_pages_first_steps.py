"""The first steps on an empty server."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import people
from surveys.collection.models import Project, User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def test_an_administrator_of_an_empty_server_is_led_step_by_step() -> None:
    people.create_administrator("first@example.vn", PASSWORD)
    admin = User.objects.get(email="first@example.vn")
    client = Client()
    client.force_login(admin)
    page = client.get("/")
    assert page.context["steps"].following.address == reverse("new_project")
    client.post(reverse("new_project"), {"name": "Dự án đầu", "description": ""})
    project = Project.objects.get()
    page = client.get("/")
    assert page.context["steps"].following.address == reverse("new_round", args=[project.pk])
    assert "bước tiếp theo" in page.content.decode()
