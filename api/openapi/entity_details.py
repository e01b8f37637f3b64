"""What the document says of entity lists and entities, by method and address below `/v1`."""

from typing import Any, Final

from api.openapi import examples as x
from api.openapi.description import Description, Parameter

P: Final = "projects/{project_id}"
D: Final = f"{P}/datasets/{{name}}"
E: Final = f"{D}/entities"
U: Final = f"{E}/{{uuid}}"
F: Final = f"{P}/forms/{{form_id}}"
UUID: Final = "a775c14c-3f6e-4f2b-8cb0-e92652a29fd1"
CSV: Final = "text/csv"

LIST: Final[dict[str, Any]] = {
    "name": "co_so",
    "createdAt": x.MOMENT,
    "projectId": 1,
    "approvalRequired": False,
    "ownerOnly": False,
    "deletedAt": None,
    "generated": False,
}
PROPERTY: Final[dict[str, Any]] = {
    "name": "so_nha",
    "odataName": "so_nha",
    "publishedAt": x.MOMENT,
    "forms": [{"xmlFormId": "dang_ky", "name": "Đăng ký"}],
}
LIST_WITH_FORMS: Final = {
    **LIST,
    "lastUpdate": x.MOMENT,
    "linkedForms": [{"xmlFormId": "dang_ky", "name": "Đăng ký"}],
    "sourceForms": [{"xmlFormId": "dang_ky", "name": "Đăng ký"}],
    "draftLinkedForms": [],
    "draftSourceForms": [],
    "properties": [PROPERTY],
}
VERSION: Final[dict[str, Any]] = {
    "current": True,
    "label": "Trạm y tế Như Thanh",
    "creatorId": 5,
    "userAgent": "pyodk v1.3.0",
    "version": 2,
    "baseVersion": 1,
    "conflictingProperties": None,
    "createdAt": x.MOMENT,
    "branchId": None,
    "trunkVersion": None,
    "branchBaseVersion": None,
}
VALUES: Final = {"so_nha": "12"}
ENTITY: Final[dict[str, Any]] = {
    "uuid": UUID,
    "creatorId": 5,
    "conflict": None,
    "createdAt": x.MOMENT,
    "updatedAt": x.MOMENT,
    "deletedAt": None,
    "currentVersion": VERSION,
}
ONE: Final = {**ENTITY, "currentVersion": {**VERSION, "data": VALUES, "dataReceived": VALUES}}
JUDGED: Final = {
    **VERSION,
    "data": VALUES,
    "dataReceived": VALUES,
    "source": {"submission": {"instanceId": x.IID, "xmlFormId": "dang_ky"}},
    "conflict": "hard",
    "resolved": False,
    "baseDiff": ["so_nha"],
    "serverDiff": ["so_nha"],
    "lastGoodVersion": False,
    "relevantToConflict": True,
}
DIFF: Final = {"name": "co_so", "isNew": True, "properties": [{"name": "so_nha", "inForm": True}]}
FORCE: Final = Parameter("force", "boolean", "`true`: whatever the version is.")
BASE: Final = Parameter("baseVersion", "integer", "The version that was changed.", example=1)
RESOLVE: Final = Parameter("resolve", "boolean", "`true`: the conflict ends.")
CONVERT: Final = Parameter(
    "convert",
    "boolean",
    "When approval is taken away: whether the entities that wait are made now.",
)
IDS: Final = {"ids": [UUID]}
PLACES: Final = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "id": UUID,
            "geometry": {"type": "Point", "coordinates": [105.57, 19.63]},
            "properties": None,
        }
    ],
}
GEOJSON: Final = "application/geo+json"
HOUSEHOLDS: Final = f"{P}/datasets/sampled_hh/entities"

DETAILS: Final[dict[str, Description]] = {
    f"GET {P}/datasets": Description("Entity lists, the generated one among them", answer=[LIST]),
    f"POST {P}/datasets": Description(
        "Make a list", body={"name": "co_so", "approvalRequired": False}, answer=LIST_WITH_FORMS
    ),
    f"GET {D}": Description("A list with its properties and forms", answer=LIST_WITH_FORMS),
    f"PATCH {D}": Description(
        "Approval, and which entities a phone gets",
        "`accessFilter`: null, `{type: ownerOnly}`, or rules; a phone gets the entities in which "
        "one of them holds.",
        (CONVERT,),
        body={
            "approvalRequired": False,
            "accessFilter": {
                "type": "property",
                "rules": [{"datasetProperty": "xa", "actorProperty": "xa"}],
            },
        },
        answer=LIST_WITH_FORMS,
    ),
    f"DELETE {D}": Description("Delete a list that no form uses", answer=x.DONE),
    f"POST {D}/properties": Description("Add a property", body={"name": "so_nha"}, answer=x.DONE),
    f"DELETE {D}/properties/{{prop}}": Description(
        "Take away a property that nothing writes or holds", answer=x.DONE
    ),
    f"GET {E}": Description(
        "Entities, newest first",
        parameters=(
            Parameter("limit", "integer", example=100),
            Parameter("offset", "integer", example=0),
            Parameter("deleted", "boolean", "`true`: those that were deleted."),
            Parameter("conflict", says="`soft` or `hard`.", example="hard"),
        ),
        answer=[ENTITY],
    ),
    f"POST {E}": Description(
        "Make one entity, or many or none",
        "Many: `{entities: [{label, data, uuid?}], source: {name, size?}}`.",
        body={"label": "Trạm y tế Như Thanh", "data": VALUES},
        answer=ONE,
    ),
    f"GET {E}.geojson": Description(
        "Places of entities",
        "Of the property `geometry`: points, lines, and areas whose line comes back.",
        parameters=(
            Parameter("$filter", example="__system/version gt 1"),
            Parameter("$search", says="In labels and ids.", example="Như Thanh"),
            Parameter("limit", "integer", example=100),
        ),
        answer=PLACES,
        answer_type=GEOJSON,
    ),
    f"GET {U}/geojson": Description("The place of an entity", answer=PLACES, answer_type=GEOJSON),
    f"POST {U}/purge": Description(
        "Remove for good what a deleted entity said",
        "Administrators only; `confirm` repeats the uuid, which stays taken.",
        body={"confirm": UUID},
        answer=x.DONE,
    ),
    f"POST {E}/bulk-delete": Description("Delete many", body=IDS, answer={"count": 1}),
    f"POST {E}/bulk-restore": Description("Restore many", body=IDS, answer={"count": 1}),
    f"GET {E}/creators": Description("Who made entities", answer=[x.ACTOR]),
    f"GET {U}": Description("An entity", answer=ONE),
    f"PATCH {U}": Description(
        "Change an entity", "", (BASE, FORCE, RESOLVE), body={"data": VALUES}, answer=ONE
    ),
    f"DELETE {U}": Description("Delete an entity; phones drop it", answer=x.DONE),
    f"POST {U}/restore": Description("Restore an entity", answer=x.DONE),
    f"GET {U}/versions": Description(
        "Its versions and their conflicts",
        parameters=(
            Parameter("relevantToConflict", "boolean", "`true`: those that matter to one."),
        ),
        answer=[JUDGED],
    ),
    f"GET {U}/diffs": Description(
        "What each version changed",
        answer=[[{"propertyName": "so_nha", "old": "1", "new": "12"}]],
    ),
    f"GET {U}/audits": Description("What happened to it", answer=[x.AUDIT]),
    f"GET {D}/entities.csv": Description(
        "All entities as CSV", answer="__id,label,so_nha,__createdAt,…", answer_type=CSV
    ),
    f"POST {D}/entities.csv": Description(
        "Make the entities of a CSV file, all or none",
        "The column `label` is needed; `uuid` may give ids. Errors name the lines.",
        (Parameter("name", says="The name of the file.", example="co_so.csv"),),
        body="label,so_nha\nTrạm y tế Như Thanh,12\n",
        body_type=CSV,
        answer={"success": True, "count": 1},
    ),
    f"GET {D}/backlog": Description(
        "How many changes wait for an earlier one", answer={"count": 0}
    ),
    f"POST {D}/backlog": Description("Apply what waits now", answer={"count": 0}),
    f"GET {HOUSEHOLDS}": Description("Households of the samples, read-only", answer=[ENTITY]),
    f"GET {HOUSEHOLDS}/{{uuid}}": Description("A household", answer=ONE),
    f"GET {HOUSEHOLDS}/{{uuid}}/versions": Description(
        "What submissions said of a household; never applied", answer=[VERSION]
    ),
    f"GET {P}/actor-properties": Description(
        "Names of values that phones carry", answer=[{"id": 1, "projectId": 1, "name": "xa"}]
    ),
    f"POST {P}/actor-properties": Description(
        "Make such a name", body={"name": "xa"}, answer=x.DONE
    ),
    f"PATCH {P}/app-users/{{actor_id}}": Description(
        "Give a phone values, by which lists are filtered",
        body={"properties": {"xa": "16228"}},
        answer={**x.PHONE, "properties": {"xa": "16228"}},
    ),
    f"GET {F}/dataset-diff": Description("What a form writes to lists", answer=[DIFF]),
    f"GET {F}/draft/dataset-diff": Description(
        "What publishing the draft will make", answer=[DIFF]
    ),
    f"PATCH {F}/draft/attachments/{{name}}": Description(
        "Put a list in the place of a file, or end it", body={"dataset": True}, answer=x.FILE
    ),
}
