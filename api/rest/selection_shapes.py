"""What `/api` shows of searches, changes to many records and kept filters."""

from typing import Any, Final

from rest_framework import serializers

from surveys.collection.models import SavedFilter, Submission
from surveys.fieldwork.bulk import Action

SAYS: Final[dict[str, str]] = {
    "text": "words in the answers, with or without Vietnamese marks; “in quotes” for a phrase",
    "review": "none, hasIssues, edited, approved, rejected",
    "village": "number of a sampled village",
    "commune": "code of a commune",
    "enumerator": "number of who sent it",
    "since": "2026-03-01",
    "until": "2026-03-31",
    "version": "version of the form; ___ is the one without a name",
    "issue": "any, unreadable, missing_files, hasIssues, conflict",
    "question": "column of a question; table:column in a repeat",
    "answer": "code, or label of a choice",
    "sort": "newest, oldest, changed, name",
}


class RecordShape(serializers.ModelSerializer[Submission]):
    submitter = serializers.CharField(source="submitter.display_name", default=None)

    class Meta:
        model = Submission
        fields = (
            "id",
            "instance_id",
            "instance_name",
            "submitter",
            "review_state",
            "state",
            "created_at",
            "updated_at",
        )


class FoundShape(serializers.Serializer[Any]):
    rows = RecordShape(many=True)
    following = serializers.IntegerField(
        allow_null=True, help_text="`after` of the next page; null: this is the last"
    )


class FilterShape(serializers.Serializer[Any]):
    """What a selection asks for; each part may be left out."""

    def get_fields(self) -> dict[str, Any]:
        return {
            name: serializers.CharField(required=False, help_text=says)
            for name, says in SAYS.items()
        }


class BulkOrderShape(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=[each.value for each in Action])
    review_state = serializers.CharField(required=False, allow_null=True)
    comment = serializers.CharField(required=False)
    to = serializers.IntegerField(
        required=False, allow_null=True, help_text="an enumerator; null: everybody"
    )
    submissions = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="numbers of records"
    )
    filter = FilterShape(required=False, help_text="instead of `submissions`: all that match")
    expected = serializers.IntegerField(
        required=False, help_text="with `filter`: refuse (409.75) unless so many match"
    )


class FailureShape(serializers.Serializer[Any]):
    submission = serializers.IntegerField()
    instance_id = serializers.CharField()
    code = serializers.FloatField()
    vi = serializers.CharField()
    en = serializers.CharField()


class BulkShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    form = serializers.IntegerField()
    action = serializers.CharField()
    state = serializers.CharField(help_text="queued, running, done, failed")
    progress = serializers.FloatField()
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    failed = serializers.IntegerField()
    failures = FailureShape(many=True, help_text="the first thousand")


class SavedFilterShape(serializers.ModelSerializer[SavedFilter]):
    owner = serializers.CharField(source="owner.display_name", read_only=True)

    class Meta:
        model = SavedFilter
        fields = ("id", "name", "query", "is_shared", "owner", "created_at")
