"""`/api/forms/{id}/changes/`: what a version of a form changes, and how many answers it touches."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.openapi.description import Parameter, described
from api.problems import ProblemRaised
from api.rest.lookups import only
from surveys.collection import rights, version_safety
from surveys.collection.models import Form, FormVersion, User
from surveys.collection.rights import Right

EXAMPLE = {
    "from": "2026093001",
    "to": "2026101501",
    "effect": "hurt",
    "changes": [
        {
            "kind": "choice_removed",
            "effect": "hurt",
            "question": "q1",
            "path": "/data/q1",
            "choice": "dk",
            "old": "Không biết / Don't know",
            "new": "",
            "records": 12,
        }
    ],
}


class Changes(APIView):
    @described(
        "What a version of a form changes of another",
        "Without `from` the current version, without `to` the draft. `effect`: `none`; `look`: "
        "answers that are there may mean something else; `hurt`: they no longer stand where the "
        "new version puts its answers. `records` counts the answers that a change touches.",
        parameters=(
            Parameter("from", says="A published version.", example="2026093001"),
            Parameter("to", says="A published version.", example="2026101501"),
        ),
        answer=EXAMPLE,
    )
    def get(self, request: Request, form_id: int) -> Response:
        form = _form(request, form_id)
        only(request, "from", "to")
        older = _version(request, form, "from") or form.current
        newer = _version(request, form, "to") or form.draft
        if newer is None:
            raise ProblemRaised(404.9)
        if older is None:
            raise ProblemRaised(404.8, version="")
        return Response(shape(version_safety.between(older, newer)))


def shape(safety: version_safety.VersionSafety) -> dict[str, Any]:
    return {
        "from": safety.older.version,
        "to": safety.newer.version,
        "effect": safety.effect.value,
        "changes": [
            {
                "kind": each.change.kind.value,
                "effect": each.effect.value,
                "question": each.change.question.name,
                "path": each.change.question.path,
                "choice": each.change.choice,
                "old": each.change.old,
                "new": each.change.new,
                "records": each.records,
            }
            for each in safety.changes
        ],
    }


def _form(request: Request, form_id: int) -> Form:
    user: Any = request.user
    if not isinstance(user, User):
        raise ProblemRaised(401.2)
    form = (
        Form.objects.select_related("project", "current", "draft")
        .filter(pk=form_id, deleted_at=None, project__deleted_at=None)
        .first()
    )
    if form is None:
        raise ProblemRaised(404.3)
    rights.require(user, Right.MANAGE_FORMS, form.project)
    return form


def _version(request: Request, form: Form, name: str) -> FormVersion | None:
    said = request.query_params.get(name)
    if said is None:
        return None
    if "\x00" in said:
        raise ProblemRaised(400.2, field=name)
    found = FormVersion.objects.filter(form=form, version=said, published_at__isnull=False).first()
    if found is None:
        raise ProblemRaised(404.8, version=said)
    return found
