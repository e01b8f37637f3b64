"""What the worker makes of the append-only tables, behind the phones' back."""

from typing import ClassVar

from django.db import models

from surveys.collection.models.forms import Form
from surveys.collection.models.submissions import Submission


class Follower(models.Model):
    """How far a reader of an append-only table has come."""

    name = models.CharField(max_length=40, primary_key=True)
    last_id = models.BigIntegerField(default=0)
    # Numbers below `last_id` that were not there yet: {"41": seconds since 1970 when missed}.
    gaps = models.JSONField(default=dict)

    class Meta:
        db_table = "follower"


class AnswerText(models.Model):
    """The answers of a submission as text to search in: small letters without marks."""

    submission = models.OneToOneField(
        Submission, primary_key=True, on_delete=models.CASCADE, related_name="answer_text"
    )
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="+", db_index=False)
    open = models.TextField(blank=True)
    restricted = models.TextField(blank=True)  # for those who review the record
    is_stale = models.BooleanField(default=False)

    class Meta:
        db_table = "answer_text"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["form", "-submission"], name="answer_text_newest"),
            models.Index(
                fields=["submission"],
                name="answer_text_stale",
                condition=models.Q(is_stale=True),
            ),
        ]
