"""Filters of the list of submissions that somebody keeps under a name."""

from typing import Any, ClassVar

from django.db import models

from surveys.collection.models.forms import Form
from surveys.collection.models.people import Actor


class SavedFilter(models.Model):
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="saved_filters")
    owner = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    query = models.JSONField(default=dict)  # what stands in the address of the list
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "saved_filter"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["form", "owner", "name"], name="one_filter_a_name")
        ]

    def __str__(self) -> str:
        return self.name
