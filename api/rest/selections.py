"""`/api`: records that match a search, changes to many of them, filters under a name."""

from typing import Any, Final

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.openapi.description import Parameter, described
from api.problems import ProblemRaised
from api.rest.lookups import object_of, only, records_form_of, text_of, user_of
from api.rest.selection_shapes import (
    SAYS,
    BulkOrderShape,
    BulkShape,
    FoundShape,
    RecordShape,
    SavedFilterShape,
)
from surveys.collection import rights, saved_filters
from surveys.collection.models import Form, Job, Submission
from surveys.collection.rights import Right
from surveys.fieldwork import bulk, selection
from surveys.fieldwork.bulk import Action, Change
from surveys.fieldwork.selection import Selection

MOST: Final = 500
LARGEST_NUMBER: Final = 2**63 - 1
FILTERS: Final = tuple(Parameter(name, says=says) for name, says in SAYS.items())


class Records(APIView):
    @described(
        "Records of a form that match",
        "In the order of `sort`, a page at a time: `after` is the `following` of the page before. "
        "Restricted answers are searched in the records that you review.",
        parameters=(*FILTERS, Parameter("after", "integer"), Parameter("limit", "integer")),
        answer=FoundShape,
    )
    def get(self, request: Request, form_id: int) -> Response:
        form = records_form_of(request, form_id)
        only(request, *SAYS, "after", "limit")
        asked = _selection({name: request.query_params.get(name, "") for name in SAYS})
        rows = selection.submissions(user_of(request), form, asked)
        ordered = selection.ordered(rows.select_related("submitter"), asked.sort)
        after = _number(request, "after", LARGEST_NUMBER)
        if after is not None:
            ordered = selection.after(user_of(request), form, ordered, asked.sort, after)
        size = min(_number(request, "limit", LARGEST_NUMBER) or 50, MOST)
        found = list(ordered[: size + 1])
        following = found[size - 1].pk if len(found) > size else None
        shown = {"rows": RecordShape(found[:size], many=True).data, "following": following}
        return Response(shown)


class Bulk(APIView):
    @described(
        "Change many records",
        "Judge, comment, give out, delete or restore; each record by the rule of a single one. "
        "A few are changed at once (state `done`), many by a job: ask for its state. Records that "
        "could not be changed are named with the reason.",
        body=BulkOrderShape,
        body_example={"action": "review", "review_state": "approved", "submissions": [12, 13]},
        answer=BulkShape,
        status=202,
    )
    def post(self, request: Request, form_id: int) -> Response:
        form = records_form_of(request, form_id)
        actor = user_of(request).actor
        said = object_of(request)
        change = _change(said)
        rights.require(actor, bulk.RIGHTS[change.action], form.project)
        ids = _ids(said) if "filter" not in said else _matching(actor, form, said)
        job = bulk.order(actor, form, change, ids)
        return Response(_bulk(job), status=202)


class OneBulk(APIView):
    @described("A change to many records: how far it is, and what it left", answer=BulkShape)
    def get(self, request: Request, job_id: int) -> Response:
        return Response(_bulk(_job(request, job_id)))


class BulkUndo(APIView):
    @described("Restore what a change deleted", answer=BulkShape, status=202)
    def post(self, request: Request, job_id: int) -> Response:
        job = _job(request, job_id)
        if job.payload["change"]["action"] != Action.DELETE:
            raise ProblemRaised(400.2, field="action")
        return Response(_bulk(bulk.undo(user_of(request).actor, job)), status=202)


class SavedFilters(APIView):
    @described(
        "Your filters of a form, and those that others share",
        answer=SavedFilterShape,
        is_list=True,
    )
    def get(self, request: Request, form_id: int) -> Response:
        form = records_form_of(request, form_id)
        rows = saved_filters.of_form(user_of(request).actor, form)
        return Response(SavedFilterShape(rows, many=True).data)

    @described(
        "Keep a filter under a name",
        body=SavedFilterShape,
        body_example={"name": "Chờ duyệt", "query": {"review": "none"}, "is_shared": True},
        answer=SavedFilterShape,
        status=201,
    )
    def post(self, request: Request, form_id: int) -> Response:
        form = records_form_of(request, form_id)
        said = object_of(request)
        query = said.get("query", {})
        if not isinstance(query, dict):
            raise ProblemRaised(400.2, field="query")
        kept = saved_filters.save(
            user_of(request).actor,
            form,
            text_of(said, "name"),
            Selection.from_json(query).to_json(),
            is_shared=said.get("is_shared") is True,
        )
        return Response(SavedFilterShape(kept).data, status=201)


class OneSavedFilter(APIView):
    @described("Forget a filter", status=204)
    def delete(self, request: Request, form_id: int, filter_id: int) -> Response:
        form = records_form_of(request, form_id)
        actor = user_of(request).actor
        kept = saved_filters.of_form(actor, form).filter(pk=filter_id).first()
        if kept is None:
            raise ProblemRaised(404.1)
        kept.form = form
        saved_filters.remove(actor, kept)
        return Response(status=204)


def _number(request: Request, name: str, most: int) -> int | None:
    said = request.query_params.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 20 and 0 < int(said) <= most):
        raise ProblemRaised(400.2, field=name)
    return int(said)


def _change(said: dict[str, Any]) -> Change:
    action, state, to = said.get("action"), said.get("review_state"), said.get("to")
    if action not in list(Action):
        raise ProblemRaised(400.2, field="action")
    if action == Action.REVIEW and ("review_state" not in said or not _is_state(state)):
        raise ProblemRaised(400.2, field="review_state")
    is_number = isinstance(to, int) and not isinstance(to, bool) and 0 < to <= LARGEST_NUMBER
    if action == Action.ASSIGN and ("to" not in said or not (to is None or is_number)):
        raise ProblemRaised(400.2, field="to")
    if action == Action.COMMENT:
        return Change(Action.COMMENT, comment=text_of(said, "comment"))
    if action == Action.REVIEW:
        return Change(Action.REVIEW, state)
    return Change(Action(action), to=to if action == Action.ASSIGN else None)


def _is_state(state: object) -> bool:
    return state is None or (isinstance(state, str) and state in Submission.Review.values)


def _ids(said: dict[str, Any]) -> list[int]:
    ids = said.get("submissions")
    if not isinstance(ids, list) or not all(
        isinstance(each, int) and not isinstance(each, bool) and 0 < each <= LARGEST_NUMBER
        for each in ids
    ):
        raise ProblemRaised(400.2, field="submissions")
    return ids


def _selection(asked: dict[str, Any]) -> Selection:
    """What was asked for; what cannot be read is refused, for it would find or change too much."""
    given = {name: value for name, value in asked.items() if value != ""}
    read = Selection.from_json(given)
    kept = {**read.to_json(), "sort": read.sort}
    for name, value in given.items():
        if name not in kept or (name == "sort" and value != read.sort):
            raise ProblemRaised(400.2, field=name)
    return read


def _matching(actor: Any, form: Form, said: dict[str, Any]) -> list[int]:
    asked, expected = said["filter"], said.get("expected")
    if not isinstance(asked, dict) or asked.keys() - SAYS.keys():
        raise ProblemRaised(400.2, field="filter")
    read = _selection(asked)
    ids = bulk.chosen(actor, form, read)
    if expected is not None and expected != len(ids):
        raise ProblemRaised(409.75, expected=expected, found=len(ids))
    return ids


def _job(request: Request, job_id: int) -> Job:
    user = user_of(request)
    job = Job.objects.filter(pk=job_id, kind=bulk.KIND).first()
    if job is None:
        raise ProblemRaised(404.1)
    form = records_form_of(request, job.payload["form_id"])
    if job.created_by_id != user.actor_id:
        rights.require(user, Right.READ_AUDIT, form.project)
    return job


def _bulk(job: Job) -> dict[str, Any]:
    result = job.result
    return {
        "id": job.pk,
        "form": job.payload["form_id"],
        "action": job.payload["change"]["action"],
        "state": job.state,
        "progress": job.progress,
        "total": len(job.payload["ids"]),
        "done": result.get("done", 0),
        "unchanged": result.get("unchanged", 0),
        "failed": result.get("failed", 0),
        "failures": result.get("failures", []),
    }
