"""Who makes projects on the pages, what comes next, and names that are taken."""

import unicodedata

import pytest
from django.test import Client
from django.urls import reverse

from surveys.collection import projects
from surveys.collection.models import Project, Role, User
from surveys.collection.projects import ProjectRefused
from surveys.fieldwork.models import Round
from tests.cast import Cast, make_cast, make_user

pytestmark = pytest.mark.django_db
ENTRY = {"name": "Đợt hai", "description": ""}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def signed_in(user: User, language: str = "vi") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def test_a_manager_of_all_projects_makes_one_and_is_led_to_its_round(cast: Cast) -> None:
    client = signed_in(make_user("quanly", Role.MANAGER, None))
    assert reverse("new_project") in client.get("/").content.decode()
    assert client.get(reverse("new_project")).status_code == 200
    answer = client.post(reverse("new_project"), ENTRY, follow=True)
    made = Project.objects.get(name="Đợt hai")
    assert answer.redirect_chain == [(reverse("new_round", args=[made.pk]), 302)]
    assert "tạo đợt khảo sát" in answer.content.decode()
    assert not Round.objects.filter(project=made).exists()


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "nhờ người quản trị"), ("en", "Ask an administrator")]
)
def test_a_manager_of_one_project_reads_whom_to_ask(cast: Cast, language: str, words: str) -> None:
    client = signed_in(cast.alice, language)
    assert reverse("new_project") not in client.get("/").content.decode()
    for answer in (client.get(reverse("new_project")), client.post(reverse("new_project"), ENTRY)):
        assert answer.status_code == 403
        assert words in answer.content.decode()
        assert "manager of the project" not in answer.content.decode()
    assert not Project.objects.filter(name="Đợt hai").exists()


@pytest.mark.parametrize(
    ("role", "communes", "rated"),
    [
        (Role.SUPERVISOR, (), ""),
        (Role.ANALYST, (), ""),
        (Role.VIEWER, (), ""),
        (Role.MANAGER, ("16228",), ""),
        (Role.MANAGER, (), "16228"),
    ],
)
def test_no_other_role_everywhere_makes_projects(
    cast: Cast, role: Role, communes: tuple[str, ...], rated: str
) -> None:
    user = make_user("eve", role, None, communes=communes, rated_commune=rated)
    assert signed_in(user).post(reverse("new_project"), ENTRY).status_code == 403
    assert not Project.objects.filter(name="Đợt hai").exists()


def test_nobody_signed_in_is_sent_to_the_sign_in_page_before_making_a_project() -> None:
    answer = Client().post(reverse("new_project"), ENTRY)
    assert answer.headers["Location"].startswith("/login/")
    assert not Project.objects.exists()


SAME = "Khảo sát Như Thanh"


@pytest.mark.parametrize("name", [SAME, f"  {SAME.upper()} ", unicodedata.normalize("NFD", SAME)])
def test_a_name_that_is_taken_is_refused_in_place(cast: Cast, name: str) -> None:
    answer = signed_in(cast.admin).post(reverse("new_project"), {"name": name})
    assert answer.status_code == 200
    assert "Hãy đặt tên khác" in answer.content.decode()
    assert Project.objects.count() == 2


def test_renaming_keeps_the_own_name_and_takes_no_other(cast: Cast) -> None:
    admin = cast.admin.actor
    projects.update_project(admin, cast.project, name=cast.project.name, description="mới")
    with pytest.raises(ProjectRefused) as caught:
        projects.update_project(admin, cast.project, name=cast.other.name)
    assert caught.value.code == 409.9
    projects.delete_project(admin, cast.other)
    projects.update_project(admin, cast.project, name="Dự án khác")
    assert Project.objects.get(pk=cast.project.pk).name == "Dự án khác"
