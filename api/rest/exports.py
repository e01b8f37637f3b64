"""`/api`: files of a form's records, asked for, watched, downloaded, deleted."""

from typing import Any, Final

from django.http import FileResponse, HttpResponseBase
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.openapi.description import described
from api.problems import ProblemRaised
from api.rest.lookups import user_of
from surveys.collection.models import Form
from surveys.results.exports import requests
from surveys.results.exports.options import LANGUAGES, REVIEWS, Answers, Format, Options
from surveys.results.models import Export

CONFIRM: Final = "confirm_personal"


class ExportOptionsShape(serializers.Serializer[Any]):
    """What to make. Everything but the format may be left out."""

    format = serializers.ChoiceField(choices=[each.value for each in Format])
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    answers = serializers.ChoiceField(choices=[each.value for each in Answers], required=False)
    since = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)
    reviews = serializers.ListField(
        child=serializers.ChoiceField(choices=REVIEWS), required=False, allow_empty=True
    )
    personal = serializers.BooleanField(required=False)
    attachments = serializers.BooleanField(required=False)
    run = serializers.IntegerField(required=False, allow_null=True)
    indicator = serializers.CharField(required=False, allow_blank=True)


class NewExportShape(ExportOptionsShape):
    confirm_personal = serializers.BooleanField(
        required=False, help_text="true: you may use the personal data that the file will hold"
    )


class ExportShape(serializers.ModelSerializer[Export]):
    state = serializers.CharField(source="job.state", read_only=True)
    progress = serializers.FloatField(source="job.progress", read_only=True)
    step_vi = serializers.CharField(source="job.step_vi", read_only=True)
    step_en = serializers.CharField(source="job.step_en", read_only=True)
    errors = serializers.JSONField(source="job.errors", read_only=True)  # type: ignore[assignment] # DRF takes declared fields off the class
    created_by = serializers.CharField(source="created_by.display_name", read_only=True)
    size = serializers.IntegerField(source="blob.size", read_only=True, default=None)
    options = ExportOptionsShape(read_only=True)

    class Meta:
        model = Export
        fields = (
            "id",
            "form",
            "options",
            "state",
            "progress",
            "step_vi",
            "step_en",
            "errors",
            "created_at",
            "created_by",
            "finished_at",
            "expires_at",
            "name",
            "content_type",
            "size",
            "n_records",
        )


class FormExports(APIView):
    @described(
        "Files made of a form that you may download",
        "Newest first; a file of somebody who reads further than you is not listed.",
        answer=ExportShape,
        is_list=True,
    )
    def get(self, request: Request, form_id: int) -> Response:
        user, form = user_of(request), _form(form_id)
        requests.check_reader(user, form)
        return Response(ExportShape(requests.exports_of(user, form), many=True).data)

    @described(
        "Make a file of a form's records",
        "A job in the background: ask for its state until it is `done`, then download. Fields "
        "of class P1 and P2 are left out unless `personal` and `confirm_personal` are true. "
        "The file holds what you may read and expires after seven days. For an R archive of a "
        'published run: `{"format": "r", "run": 12, "indicator": "net_3m"}`.',
        body=NewExportShape,
        body_example={"format": "xlsx", "answers": "labels", "reviews": ["approved"]},
        answer=ExportShape,
        status=201,
    )
    def post(self, request: Request, form_id: int) -> Response:
        user, form = user_of(request), _form(form_id)
        requests.check_reader(user, form)
        said = request.data
        if not isinstance(said, dict):
            raise ProblemRaised(400.2, field="format")
        known = {*NewExportShape().fields}
        if unknown := sorted(str(key) for key in said if key not in known):
            raise ProblemRaised(400.2, field=unknown[0])
        export = requests.ask(
            user.actor, form, Options.of(said), is_confirmed=said.get(CONFIRM) is True
        )
        return Response(ExportShape(export).data, status=status.HTTP_201_CREATED)


class OneExport(APIView):
    @described("A file: how far it is, and what it holds", answer=ExportShape)
    def get(self, request: Request, export_id: int) -> Response:
        return Response(ExportShape(requests.find(user_of(request), export_id)).data)

    @described("Delete a file", status=204)
    def delete(self, request: Request, export_id: int) -> Response:
        user = user_of(request)
        requests.delete(user.actor, requests.find(user, export_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportFile(APIView):
    @described("Download a file", answer_type="application/octet-stream")
    def get(self, request: Request, export_id: int) -> HttpResponseBase:
        user = user_of(request)
        export = requests.find(user, export_id)
        stream = requests.download(user.actor, export)
        response = FileResponse(
            stream, as_attachment=True, filename=export.name, content_type=export.content_type
        )
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _form(form_id: int) -> Form:
    found = (
        Form.objects.select_related("project", "current")
        .filter(pk=form_id, deleted_at=None, project__deleted_at=None)
        .first()
    )
    if found is None:
        raise ProblemRaised(404.3)
    return found
