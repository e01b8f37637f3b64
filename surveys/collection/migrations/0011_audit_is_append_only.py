"""Nobody changes an audit event: the database itself refuses."""

from typing import Any

from django.db import migrations

# Deleting stays possible on SQLite: Django's test runner empties tables that way.
SQLITE = (
    "CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE ON audit_event"
    " BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END",
)
POSTGRES = (
    "CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$",
    "CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE ON audit_event"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only()",
)
BACK = {
    "sqlite": ("DROP TRIGGER audit_event_is_append_only",),
    "postgresql": (
        "DROP TRIGGER audit_event_is_append_only ON audit_event",
        "DROP FUNCTION audit_event_is_append_only()",
    ),
}


def guard(_apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for statement in POSTGRES if vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unguard(_apps: Any, schema_editor: Any) -> None:
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("collection", "0010_personal_data")]

    operations = [migrations.RunPython(guard, unguard)]
