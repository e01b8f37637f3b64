"""`/api`: webhooks of a project and their deliveries."""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.openapi.description import Parameter, described
from api.problems import ProblemRaised
from api.rest.lookups import object_of, project_of, text_of, user_of
from surveys.collection.models import Delivery, Form, Project, Webhook
from surveys.collection.rights import Right
from surveys.collection.webhooks import hooks
from surveys.collection.webhooks.events import EVENTS
from surveys.collection.webhooks.hooks import Wish

MOST: Final = 100
DOES: Final = ("test", "pause", "resume", "secret")


class HookShape(serializers.ModelSerializer[Webhook]):
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS))

    class Meta:
        model = Webhook
        fields = (
            "id",
            "project",
            "form",
            "name",
            "address",
            "events",
            "answers",
            "is_active",
            "paused_because",
            "failures",
            "retry_at",
            "created_at",
        )
        read_only_fields = (
            "project",
            "is_active",
            "paused_because",
            "failures",
            "retry_at",
            "created_at",
        )


class MadeShape(HookShape):
    secret = serializers.CharField(help_text="signs every delivery; shown this once")

    class Meta(HookShape.Meta):
        fields = (*HookShape.Meta.fields, "secret")  # type: ignore[assignment] # one more


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    class Meta:
        model = Delivery
        fields = (
            "id",
            "key",
            "event",
            "thing",
            "state",
            "attempts",
            "next_at",
            "status",
            "error",
            "created_at",
            "done_at",
        )


class Webhooks(APIView):
    @described("Webhooks of a project", answer=HookShape, is_list=True)
    def get(self, request: Request, project_id: int) -> Response:
        project = project_of(request, project_id, Right.MANAGE_WEBHOOKS)
        rows = hooks.of_project(user_of(request).actor, project)
        return Response(HookShape(rows, many=True).data)

    @described(
        "Make a webhook",
        "It is told of what happens from now on. The answer holds the secret that signs "
        "(`X-Khaosat-Signature: v1=` HMAC-SHA256 of `timestamp.body`); it is shown this once.",
        body=HookShape,
        body_example={
            "name": "Kho dữ liệu",
            "address": "https://kho.example.vn/khaosat",
            "events": ["submission.created", "submission.reviewed"],
            "form": None,
            "answers": "open",
        },
        answer=MadeShape,
        status=201,
    )
    def post(self, request: Request, project_id: int) -> Response:
        project = project_of(request, project_id, Right.MANAGE_WEBHOOKS)
        made = hooks.create(user_of(request).actor, project, _wish(project, object_of(request)))
        return Response(MadeShape(made.hook).data, status=201)


class OneWebhook(APIView):
    @described("A webhook", answer=HookShape)
    def get(self, request: Request, hook_id: int) -> Response:
        return Response(HookShape(_hook(request, hook_id)).data)

    @described("Change a webhook; what is left out stays", body=HookShape, answer=HookShape)
    def patch(self, request: Request, hook_id: int) -> Response:
        hook = _hook(request, hook_id)
        said = {
            "name": hook.name,
            "address": hook.address,
            "events": hook.events,
            "form": hook.form_id,
            "answers": hook.answers,
            **object_of(request),
        }
        hooks.change(user_of(request).actor, hook, _wish(hook.project, said))
        return Response(HookShape(hook).data)

    @described("Delete a webhook and what waits for it", status=204)
    def delete(self, request: Request, hook_id: int) -> Response:
        hooks.remove(user_of(request).actor, _hook(request, hook_id))
        return Response(status=204)


class WebhookDoes(APIView):
    @described(
        "Test, pause, resume, or a new secret",
        "`what` is `test`, `pause`, `resume` or `secret`; only the last answers with a secret.",
        answer=MadeShape,
    )
    def post(self, request: Request, hook_id: int, what: str) -> Response:
        hook, actor = _hook(request, hook_id), user_of(request).actor
        if what == "secret":
            return Response(MadeShape(hooks.new_secret(actor, hook).hook).data)
        if what == "test":
            hooks.test(actor, hook)
        elif what in DOES:
            hooks.set_active(actor, hook, is_active=what == "resume")
        else:
            raise ProblemRaised(404.1)
        return Response(HookShape(hook).data)


class Deliveries(APIView):
    @described(
        "Deliveries of a webhook, newest first",
        parameters=(Parameter("before", "integer", "number of a delivery: older ones"),),
        answer=DeliveryShape,
        is_list=True,
    )
    def get(self, request: Request, hook_id: int) -> Response:
        rows = Delivery.objects.filter(hook=_hook(request, hook_id)).order_by("-pk")
        before = request.query_params.get("before", "")
        if before:
            if not (before.isascii() and before.isdecimal() and len(before) < 19):
                raise ProblemRaised(400.2, field="before")
            rows = rows.filter(pk__lt=int(before))
        return Response(DeliveryShape(rows[:MOST], many=True).data)


class SendAgain(APIView):
    @described("Send a delivery again, under the key that it had", answer=DeliveryShape)
    def post(self, request: Request, hook_id: int, delivery_id: int) -> Response:
        hook = _hook(request, hook_id)
        found = Delivery.objects.filter(pk=delivery_id, hook=hook).first()
        if found is None:
            raise ProblemRaised(404.71)
        found.hook = hook
        hooks.send_again(user_of(request).actor, found)
        found.refresh_from_db()
        return Response(DeliveryShape(found).data)


def _hook(request: Request, hook_id: int) -> Webhook:
    found = (
        Webhook.objects.select_related("project", "form")
        .filter(pk=hook_id, project__deleted_at=None)
        .first()
    )
    if found is None:
        raise ProblemRaised(404.71)
    project_of(request, found.project_id, Right.MANAGE_WEBHOOKS)
    return found


def _wish(project: Project, said: dict[str, Any]) -> Wish:
    events, form_id = said.get("events"), said.get("form")
    if not isinstance(events, list) or not all(isinstance(each, str) for each in events):
        raise ProblemRaised(400.2, field="events")
    answers = said.get("answers", Webhook.Answers.OPEN.value)
    if answers not in Webhook.Answers.values:
        raise ProblemRaised(400.2, field="answers")
    form = None
    if form_id is not None:
        is_number = type(form_id) is int and 0 < form_id < 2**63
        form = Form.objects.filter(
            pk=form_id if is_number else 0, project=project, deleted_at=None
        ).first()
        if form is None:
            raise ProblemRaised(404.3)
    return Wish(
        text_of(said, "name"),
        text_of(said, "address"),
        tuple(events),
        form,
        Webhook.Answers(answers),
    )
