"""Forms that brought a public key of their own get a row for it."""

from typing import Any

from django.db import migrations

PUBLIC = 0  # place of the public key in the stored schema


def note_keys(apps: Any, _schema_editor: Any) -> None:
    versions = apps.get_model("collection", "FormVersion").objects
    keys = apps.get_model("collection", "Key").objects
    for pk, schema in list(versions.values_list("pk", "schema")):
        public = ((schema or {}).get("submission") or [""])[PUBLIC]
        if public and len(public) <= 2000:
            key, _ = keys.get_or_create(public=public)
            versions.filter(pk=pk).update(key=key)


class Migration(migrations.Migration):
    dependencies = [("collection", "0013_encryption_keys")]

    operations = [migrations.RunPython(note_keys, migrations.RunPython.noop)]
