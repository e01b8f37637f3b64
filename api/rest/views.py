"""`/api`: projects, rounds, runs and estimates, to read."""

from typing import Final

from django.db.models import QuerySet
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.openapi.description import Parameter, described
from api.problems import ProblemRaised
from api.rest.lookups import only, round_of, user_of
from api.rest.shapes import (
    ComparisonShape,
    EstimateShape,
    ProjectShape,
    RoundShape,
    RunShape,
)
from surveys.collection import rights
from surveys.collection.models import Project
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round
from surveys.results.models import Comparison, Estimate, Run

FILTERS: Final = ("indicator", "category", "domain_type", "domain", "publication")
COMPARED: Final = ("kind", "indicator", "domain_type", "domain", "method", "verdict")
ALL: Final = "all"


class Pages(LimitOffsetPagination):
    default_limit = 500
    max_limit = 5000


class Projects(APIView):
    @described("Projects that you may see", answer=ProjectShape, is_list=True)
    def get(self, request: Request) -> Response:
        return Response(ProjectShape(rights.projects_of(user_of(request)), many=True).data)


class Rounds(APIView):
    @described("Rounds of a project", answer=RoundShape, is_list=True)
    def get(self, request: Request, project_id: int) -> Response:
        project = Project.objects.filter(pk=project_id, deleted_at__isnull=True).first()
        if project is None:
            raise ProblemRaised(404.2)
        rights.require(user_of(request), Right.READ_PROJECT, project)
        rounds = Round.objects.filter(project=project).order_by("-starts_on", "-id")
        return Response(RoundShape(rounds, many=True).data)


class OneRound(APIView):
    @described("A round", answer=RoundShape)
    def get(self, request: Request, round_id: int) -> Response:
        return Response(RoundShape(round_of(request, round_id)).data)


class Runs(APIView):
    @described(
        "Runs of a round, newest first",
        "Without the right to unpublished runs only the published ones are listed.",
        answer=RunShape,
        is_list=True,
    )
    def get(self, request: Request, round_id: int) -> Response:
        runs = _visible_runs(request, round_of(request, round_id))
        newest = runs.prefetch_related("artefacts").order_by("-created_at", "-id")
        return Response(RunShape(newest, many=True).data)


class OneRun(APIView):
    @described("A run", answer=RunShape)
    def get(self, request: Request, run_id: int) -> Response:
        return Response(RunShape(_run(request, run_id)).data)


class Estimates(APIView):
    @described(
        "Estimates of a run",
        "Each with its interval, standard error, df, deff, n, effective n and PSUs. One that "
        "may not be published carries its reason and no figure. Direct figures, unless `method` "
        "is `grouped` (of the communes in `members` together), `model` (small-area model; `gamma` "
        "is the weight of the commune's own answers, `se` the root of the mean squared error) or "
        "`all`.",
        parameters=(
            *(Parameter(name) for name in FILTERS),
            Parameter("method"),
            Parameter("limit", "integer"),
            Parameter("offset", "integer"),
        ),
        answer=EstimateShape,
        is_list=True,
    )
    def get(self, request: Request, run_id: int) -> Response:
        run = _run(request, run_id)
        only(request, *FILTERS, "method", "limit", "offset")
        wanted = _wanted(request, FILTERS)
        method = request.query_params.get("method", Estimate.Method.DIRECT.value)
        if method not in (*Estimate.Method.values, ALL):
            raise ProblemRaised(400.2, field="method")
        if method != ALL:  # kinds of figures are mixed for those alone who ask for it
            wanted["method"] = method
        rows = Estimate.objects.filter(run=run, **wanted).order_by(
            "indicator", "category", "domain_type", "domain", "method"
        )
        pages = Pages()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(EstimateShape(page, many=True).data)


class Comparisons(APIView):
    @described(
        "What may be said of the communes of a run",
        "`province`: against the whole round (`verdict` higher, lower, same or unclear; `p_value` "
        "and limits allow for all communes compared). `target`: met, not_met or unclear, with the "
        "probability that it is met. `lowest`: the probability to be among the lowest "
        "`reference` communes. `change`: against an earlier round. Only of figures that are shown.",
        parameters=(
            *(Parameter(name) for name in COMPARED),
            Parameter("limit", "integer"),
            Parameter("offset", "integer"),
        ),
        answer=ComparisonShape,
        is_list=True,
    )
    def get(self, request: Request, run_id: int) -> Response:
        run = _run(request, run_id)
        only(request, *COMPARED, "limit", "offset")
        rows = Comparison.objects.filter(run=run, **_wanted(request, COMPARED)).order_by(
            "kind", "indicator", "domain_type", "domain", "method"
        )
        pages = Pages()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(ComparisonShape(page, many=True).data)


def _wanted(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    wanted = {name: request.query_params[name] for name in names if name in request.GET}
    for name, value in wanted.items():
        if "\x00" in value:  # PostgreSQL cannot be asked for it
            raise ProblemRaised(400.2, field=name)
    return wanted


def _visible_runs(request: Request, round_: Round) -> QuerySet[Run]:
    user = user_of(request)
    rights.require(user, Right.READ_RUNS, round_.project)
    runs = Run.objects.filter(round=round_)
    if rights.may(user, Right.READ_UNPUBLISHED_RUNS, round_.project):
        return runs
    return runs.filter(published_at__isnull=False)


def _run(request: Request, run_id: int) -> Run:
    """A run that the caller may see; an unpublished one is "not there" for everybody else."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        raise ProblemRaised(404.13)
    visible = _visible_runs(request, round_of(request, run.round_id))
    found = visible.prefetch_related("artefacts").filter(pk=run_id).first()
    if found is None:
        raise ProblemRaised(404.13)
    return found
