"""`/v1/projects/{p}/datasets` and what belongs to it."""

from django.urls import URLPattern, path

from api.central import (
    dataset_files,
    datasets,
    entities,
    entity_geojson,
    entity_odata,
    generated_entities,
)
from api.central.door import door
from api.central.odata import versioned

P = "projects/<int:project_id>"
D = f"{P}/datasets/<str:name>"
E = f"{D}/entities"
U = f"{E}/<str:uuid>"
F = f"{P}/forms/<str:form_id>"

urlpatterns: list[URLPattern] = [
    path(f"{P}/datasets", door(GET=datasets.list_datasets, POST=datasets.create_dataset)),
    path(f"{D}.svc", versioned(door(GET=entity_odata.service))),
    path(f"{D}.svc/$metadata", versioned(door(GET=entity_odata.describe))),
    path(f"{D}.svc/<path:rest>", versioned(door(GET=entity_odata.read))),
    path(f"{D}/properties", door(POST=datasets.add_property)),
    path(f"{D}/properties/<str:prop>", door(DELETE=datasets.delete_property)),
    path(f"{D}/entities.csv", door(GET=dataset_files.entities_csv, POST=dataset_files.upload_csv)),
    path(f"{D}/entities.geojson", door(GET=entity_geojson.entities)),
    path(f"{D}/backlog", door(GET=dataset_files.backlog_size, POST=dataset_files.force_backlog)),
    path(f"{P}/datasets/sampled_hh/entities", door(GET=generated_entities.list_households)),
    path(
        f"{P}/datasets/sampled_hh/entities/<str:uuid>",
        door(GET=generated_entities.show_household),
    ),
    path(
        f"{P}/datasets/sampled_hh/entities/<str:uuid>/versions",
        door(GET=generated_entities.household_versions),
    ),
    path(E, door(GET=entities.list_entities, POST=entities.create_entities)),
    path(f"{E}/creators", door(GET=entities.list_creators)),
    path(f"{E}/bulk-delete", door(POST=entities.bulk_delete)),
    path(f"{E}/bulk-restore", door(POST=entities.bulk_restore)),
    path(f"{U}/versions", door(GET=entities.list_versions)),
    path(f"{U}/diffs", door(GET=entities.list_diffs)),
    path(f"{U}/audits", door(GET=entities.list_audits)),
    path(f"{U}/restore", door(POST=entities.restore_entity)),
    path(f"{U}/purge", door(POST=entities.purge_entity)),
    path(f"{U}/geojson", door(GET=entity_geojson.entity)),
    path(
        U,
        door(GET=entities.show_entity, PATCH=entities.update_entity, DELETE=entities.delete_entity),
    ),
    path(
        D,
        door(
            GET=datasets.show_dataset,
            PATCH=datasets.update_dataset,
            DELETE=datasets.delete_dataset,
        ),
    ),
    path(
        f"{P}/actor-properties",
        door(GET=datasets.list_actor_properties, POST=datasets.add_actor_property),
    ),
    path(f"{F}/dataset-diff", door(GET=dataset_files.dataset_diff)),
    path(f"{F}/draft/dataset-diff", door(GET=dataset_files.draft_dataset_diff)),
]
