"""Secrets stay where they are: no refusal logs a token, and a new home is its owner's alone."""

import logging
import stat
from pathlib import Path

import pytest
from django.test import Client

from config.environment import home
from config.logs import WithoutKeys
from surveys.collection.models import Role
from surveys.collection.publishing import create_form
from tests.cast import make_cast, make_user, xform
from tests.contract.central_api import Api

TOKEN = "S" * 64

pytestmark = pytest.mark.django_db


def written(caplog: pytest.LogCaptureFixture) -> str:
    """What the server's own handler makes of the records."""
    handlers = logging.getLogger().handlers
    (console,) = [each for each in handlers if isinstance(each.formatter, WithoutKeys)]
    return "\n".join(console.format(record) for record in caplog.records)


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/key/{TOKEN}/projects/1/formList",
        f"/v1/key/{TOKEN}/projects/1/unknown",
        f"/v1/key/{TOKEN}/projects/x/submission",
        f"/v1/test/{TOKEN}/projects/1/forms/F/draft/formList",
        f"/v1/test/{TOKEN}/nothing",
        f"/v1/sessions/{TOKEN}",
        f"/key/{TOKEN}/projects/1/formList",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_no_token_is_logged(path: str, method: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = getattr(Client(), method)(path)
    assert answer.status_code >= 400
    assert TOKEN not in written(caplog)


def test_the_link_of_a_draft_is_told_to_those_who_manage_forms_alone() -> None:
    cast = make_cast()
    form = create_form(cast.alice.actor, cast.project, xform())
    assert form.draft is not None
    secret, base = str(form.draft.draft_token), f"projects/{cast.project.pk}/forms"
    viewer = Api(make_user("view", Role.VIEWER, cast.project))
    for path in (base, f"{base}/F", f"{base}/F/versions"):
        assert secret not in viewer.get(path).content.decode()
    assert Api(cast.alice).json(f"{base}/F/draft")["draftToken"] == secret


def test_a_new_home_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    made = home({"KHAOSAT_HOME": str(tmp_path / "a" / "home")}, tmp_path)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_traceback_holds_no_token_either(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise RuntimeError(f"GET https://khaosat.example.vn/v1/key/{TOKEN}/projects/1?st={TOKEN}")
    except RuntimeError:
        logging.getLogger("khaosat.test").exception("fault")
    assert "/v1/key/…/projects/1?st=…" in written(caplog)
    # The source line of a traceback is code; what it held at run time is not shown.
    assert TOKEN not in written(caplog)
