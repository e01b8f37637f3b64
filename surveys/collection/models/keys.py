"""Keys of encrypted forms: the public part, and the private one locked or not here at all."""

from django.db import models


class Key(models.Model):
    """A public key that forms carry.

    Of a managed key the private part is here under its passphrase (`forms.locked_keys`); of an own
    key nobody but its owner has it.
    """

    public = models.CharField(max_length=2000, unique=True)
    is_managed = models.BooleanField(default=False)
    private = models.JSONField(null=True)
    hint = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "key"
