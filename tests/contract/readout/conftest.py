"""What the tests of reading answers out share: the household form of Alice's project."""

import pytest

from surveys.collection.models import Form
from tests.cast import Cast
from tests.contract.central_api import Api
from tests.readout_world import publish


@pytest.fixture
def form(cast: Cast) -> Form:
    return publish(cast.alice.actor, cast.project)


@pytest.fixture
def alice(cast: Cast, form: Form) -> Api:
    return Api(cast.alice)


@pytest.fixture
def svc(form: Form) -> str:
    return f"projects/{form.project_id}/forms/H.svc"


@pytest.fixture
def submissions(form: Form) -> str:
    return f"projects/{form.project_id}/forms/H/submissions"
