"""Forms that were published before lists were kept get the lists that they name."""

from django.db import migrations

GENERATED = "sampled_hh"
SAVETO = 13  # of a field's row in a stored schema


def make_lists(apps, schema_editor):
    FormVersion = apps.get_model("collection", "FormVersion")
    Form = apps.get_model("collection", "Form")
    for form in Form.objects.filter(deleted_at=None).order_by("pk"):
        for version_id in {form.current_id, form.draft_id} - {None}:
            version = FormVersion.objects.only("pk", "schema").get(pk=version_id)
            blocks = version.schema.get("entities") or []
            if not blocks or version.entity_sources.exists():
                continue
            sources = [_source(apps, version, block) for block in blocks]
            if version_id == form.current_id:
                for source in sources:
                    if source.list_name != GENERATED:
                        _provide(apps, form, version_id, source)


def _source(apps, version, block):
    dataset, path, table, creates, updates = block
    tops = [each[1].removesuffix("meta/entity") for each in version.schema["entities"]]
    own = path.removesuffix("meta/entity")
    saved = []
    for field in version.schema["fields"]:
        above = [top for top in tops if field[0].startswith(top)]
        if field[SAVETO] and above and max(above, key=len) == own:
            saved.append(field[SAVETO])
    said = (("create", creates), ("update", updates))
    return apps.get_model("collection", "EntitySource").objects.create(
        form_version=version,
        list_name=dataset,
        path=own[:500],
        is_repeat=bool(table),
        actions=[name for name, is_declared in said if is_declared],
        properties=saved,
    )


def _provide(apps, form, version_id, source):
    EntityList = apps.get_model("collection", "EntityList")
    EntityProperty = apps.get_model("collection", "EntityProperty")
    living = EntityList.objects.filter(project_id=form.project_id, deleted_at=None)
    found = living.filter(name__iexact=source.list_name).first()
    if found is None:
        found = EntityList.objects.create(project_id=form.project_id, name=source.list_name)
    there = {
        each.lower()
        for each in EntityProperty.objects.filter(list=found).values_list("name", flat=True)
    }
    for name in source.properties:
        if name.lower() not in there:
            there.add(name.lower())
            EntityProperty.objects.create(list=found, name=name)
    apps.get_model("collection", "FormAttachment").objects.filter(
        form_version_id=version_id, name=f"{found.name}.csv", blob=None, entity_list=""
    ).update(entity_list=found.name, content_type="text/csv")


class Migration(migrations.Migration):
    dependencies = [("collection", "0015_retention_by_form")]
    operations = [migrations.RunPython(make_lists, migrations.RunPython.noop)]
