"""Public links: a web form that anybody with its address may fill."""

from django.db import models

from surveys.collection.models.forms import Form
from surveys.collection.models.people import Actor


class PublicLink(models.Model):
    """One address (a QR code at a desk) of one form; what is sent carries the link as sender."""

    actor = models.OneToOneField(
        Actor, primary_key=True, on_delete=models.PROTECT, related_name="public_link"
    )
    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="public_links")
    # Null once revoked.
    token = models.CharField(max_length=64, null=True, unique=True)
    # One submission a browser (Central's `once`).
    once = models.BooleanField(default=False)
    # Answers that the page fills in beforehand, by field name: {"centre": "TT01"}.
    prefill = models.JSONField(default=dict, blank=True)
    paused_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "public_link"
