"""Who gets through each route with GET: the table that `test_every_route.py` tries.

A new route needs one line here. The key is the pattern as the failure prints it, the value the
group of people whom the server lets through (a status below 400 that is not the sign-in page);
everybody else must be refused. What is let through and yet shows the record of another commune, or
a restricted answer to somebody who does not review it, fails without a line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.contract.route_world import LIST, RouteWorld, made_population

Who = frozenset[str]

NOBODY: Final[Who] = frozenset()  # no GET there, or only with a key of its own
ADMIN: Final[Who] = frozenset({"admin"})
MANAGERS: Final = ADMIN | {"manager"}
REVIEWERS: Final = MANAGERS | {"supervisor"}  # of the record in the address
OPENERS: Final = REVIEWERS | {"analyst"}  # who may open the record in the address
FIELD: Final = REVIEWERS | {"elsewhere"}  # supervisors, each for the own communes
ANALYSTS: Final = MANAGERS | {"analyst"}
READERS: Final = FIELD | {"analyst", "enumerator"}  # of lists of records
RESULTS: Final = FIELD | {"analyst", "viewer", "rated"}  # of published figures
SENDERS: Final = REVIEWERS | {"enumerator"}  # who sends records with an account
MEMBERS: Final = RESULTS | {"enumerator"}  # whoever has a role in the project
SIGNED_IN: Final = MEMBERS | {"stranger", "roleless"}
ANYBODY: Final = SIGNED_IN | {"anonymous"}


@dataclass(frozen=True, slots=True)
class Row:
    """`given`: values for the address that `route_world.VALUES` lacks or has otherwise."""

    who: Who
    given: dict[str, Callable[[RouteWorld], Any]] = field(default_factory=dict)
    query: str = ""


P: Final = "v1/projects/<int:project_id>"
Q: Final = f"{P}/quarantine/<int:item_id>"
F: Final = f"{P}/forms/<str:form_id>"
FK: Final = "projects/<int:project_id>/forms/<str:xml_form_id>"
S: Final = f"{F}/submissions/<path:instance_id>"
V: Final = f"{S}/versions/<path:version_id>"
W: Final = f"{F}/versions/<str:version>"
T: Final = f"{F}/draft/submissions"
TS: Final = f"{T}/<path:instance_id>"
PAGE: Final = "projects/<int:project_id>"
FORM: Final = "forms/<int:form_id>"
RECORD: Final = f"{FORM}/submissions/<int:submission_id>"
ROUND: Final = "rounds/<int:round_id>"
LISTS: Final = f"{PAGE}/lists/<str:name>"
D: Final = f"{P}/datasets/<str:name>"
LISTED: Final[dict[str, Callable[[RouteWorld], Any]]] = {"name": lambda _: LIST}
HOUSEHOLD: Final[dict[str, Callable[[RouteWorld], Any]]] = {
    "uuid": lambda w: w.world.case.household.name
}
KEYED: Final = "v1/key/<token>/projects/<project_id>"
OPENROSA: Final = "v1/projects/<project_id>"
TRIAL: Final = "v1/test/<token>/projects/<project_id>/forms/<xml_form_id>/draft"

ROUTES: Final[dict[str, Row]] = {
    "healthz": Row(ANYBODY),
    # The phone's door: a wrong key opens nothing, whoever holds it.
    f"{KEYED}/formList": Row(NOBODY),
    f"{KEYED}/submission": Row(NOBODY),
    f"{KEYED}/forms/<xml_form_id>.xml": Row(NOBODY),
    f"{KEYED}/forms/<xml_form_id>/manifest": Row(NOBODY),
    f"{KEYED}/forms/<xml_form_id>/attachments/<name>": Row(NOBODY),
    f"{KEYED}/datasets/<entity_list>/integrity": Row(NOBODY),
    f"v1/test/<str:token>/{FK}/draft/submissions": Row(NOBODY),
    "v1/key/<str:token>/projects/<int:project_id>/forms/<str:xml_form_id>/submissions": Row(NOBODY),
    f"{TRIAL}/formList": Row(NOBODY),
    f"{TRIAL}/submission": Row(NOBODY),
    f"{TRIAL}.xml": Row(NOBODY),
    f"{TRIAL}/manifest": Row(NOBODY),
    f"{TRIAL}/attachments/<name>": Row(NOBODY),
    f"{OPENROSA}/formList": Row(SENDERS),
    f"{OPENROSA}/submission": Row(NOBODY),
    f"{OPENROSA}/forms/<xml_form_id>/manifest": Row(SENDERS),
    f"{OPENROSA}/datasets/<entity_list>/integrity": Row(SENDERS),
    "v1/sessions": Row(NOBODY),
    "v1/sessions/restore": Row(SIGNED_IN),
    "v1/sessions/<str:token>": Row(NOBODY),
    "v1/users/current": Row(SIGNED_IN),
    "v1/projects": Row(SIGNED_IN),
    P: Row(MEMBERS),
    f"{P}/key": Row(NOBODY),
    f"{P}/app-users": Row(MANAGERS),
    f"{P}/app-users/<int:actor_id>": Row(MANAGERS),
    f"{P}/quarantine": Row(REVIEWERS),
    f"{P}/quarantine/take": Row(NOBODY),
    f"{Q}.xml": Row(REVIEWERS),
    Q: Row(REVIEWERS),
    f"{Q}/attachments/<path:name>": Row(
        REVIEWERS, {"name": lambda w: w.world.kept.files[0]["name"]}
    ),
    f"{Q}/take": Row(NOBODY),
    f"{Q}/discard": Row(NOBODY),
    f"{Q}/reopen": Row(NOBODY),
    f"{F}/assignments/<str:role>": Row(MANAGERS),
    f"{F}/assignments/<str:role>/<int:actor_id>": Row(NOBODY),
    f"{P}/forms": Row(MEMBERS),
    f"{P}/forms/<int:form_number>/restore": Row(NOBODY),
    f"{P}/forms/<int:form_number>/purge": Row(NOBODY),
    f"{F}.svc": Row(READERS),
    f"{F}.svc/$metadata": Row(READERS),
    f"{F}.svc/<path:rest>": Row(READERS, {"rest": lambda _: "Submissions"}),
    f"{F}/submissions.csv": Row(READERS),
    f"{F}/submissions.csv.zip": Row(READERS),
    f"{F}/submissions.geojson": Row(READERS),
    f"{S}.geojson": Row(REVIEWERS),
    f"{V}.geojson": Row(REVIEWERS),
    f"{F}/draft/submissions.csv": Row(MANAGERS),
    f"{F}/draft/submissions.csv.zip": Row(MANAGERS),
    f"{F}/draft.svc": Row(MANAGERS),
    f"{F}/draft.svc/$metadata": Row(MANAGERS),
    f"{F}/draft.svc/<path:rest>": Row(MANAGERS, {"rest": lambda _: "Submissions"}),
    f"{F}.xml": Row(MEMBERS),
    f"{F}.xlsx": Row(MANAGERS),
    f"{F}.xls": Row(NOBODY),
    F: Row(MEMBERS),
    f"{F}/fields": Row(MEMBERS),
    f"{F}/versions": Row(MEMBERS),
    f"{W}.xml": Row(MEMBERS),
    f"{W}.xlsx": Row(MANAGERS),
    f"{W}.xls": Row(NOBODY),
    W: Row(MEMBERS),
    f"{W}/fields": Row(MEMBERS),
    f"{W}/draft": Row(NOBODY),
    f"{W}/attachments": Row(MEMBERS),
    f"{W}/attachments/<path:name>": Row(MEMBERS),
    f"{F}/attachments": Row(MEMBERS),
    f"{F}/attachments/<path:name>": Row(MEMBERS),
    f"{F}/public-links": Row(MANAGERS),
    f"{F}/public-links/<int:actor_id>": Row(NOBODY),
    f"{F}/draft": Row(MANAGERS),
    f"{F}/draft.xml": Row(MANAGERS),
    f"{F}/draft.xlsx": Row(MANAGERS),
    f"{F}/draft.xls": Row(NOBODY),
    f"{F}/draft/publish": Row(NOBODY),
    f"{F}/draft/fields": Row(MANAGERS),
    f"{F}/draft/attachments": Row(MANAGERS),
    f"{F}/draft/attachments/<path:name>": Row(MANAGERS),
    f"{F}/submissions": Row(READERS),
    f"{S}.xml": Row(REVIEWERS),
    S: Row(OPENERS),
    f"{F}/submissions/keys": Row(READERS),
    f"{F}/submissions/submitters": Row(READERS),
    f"{S}/restore": Row(NOBODY),
    f"{S}/purge": Row(NOBODY),
    f"{S}/diffs": Row(REVIEWERS),
    T: Row(MANAGERS),
    f"{T}/keys": Row(MANAGERS),
    f"{T}/submitters": Row(MANAGERS),
    # No draft of the world has a test record.
    f"{TS}.xml": Row(NOBODY),
    TS: Row(NOBODY),
    f"{TS}/versions": Row(NOBODY),
    f"{TS}/diffs": Row(NOBODY),
    f"{TS}/versions/<path:version_id>.xml": Row(NOBODY),
    f"{TS}/versions/<path:version_id>": Row(NOBODY),
    f"{TS}/attachments": Row(NOBODY),
    f"{TS}/attachments/<path:name>": Row(NOBODY),
    f"{TS}/versions/<path:version_id>/attachments": Row(NOBODY),
    f"{TS}/versions/<path:version_id>/attachments/<path:name>": Row(NOBODY),
    f"{S}/comments": Row(OPENERS),
    f"{S}/audits": Row(OPENERS),
    f"{S}/versions": Row(OPENERS),
    f"{V}.xml": Row(REVIEWERS),
    V: Row(OPENERS),
    f"{S}/attachments": Row(OPENERS),
    f"{S}/attachments/<path:name>": Row(REVIEWERS),
    f"{V}/attachments": Row(OPENERS),
    f"{V}/attachments/<path:name>": Row(REVIEWERS),
    "v1/<path:rest>": Row(NOBODY),
    "api/schema/": Row(ANYBODY),
    "api/docs/": Row(ANYBODY),
    "api/projects/": Row(SIGNED_IN),
    "api/projects/<int:project_id>/rounds/": Row(MEMBERS),
    "api/rounds/<int:round_id>/": Row(MEMBERS),
    "api/rounds/<int:round_id>/recipe/": Row(ANALYSTS),
    "api/rounds/<int:round_id>/runs/": Row(RESULTS),
    "api/runs/<int:run_id>/": Row(RESULTS),
    "api/runs/<int:run_id>/estimates/": Row(RESULTS),
    "api/runs/<int:run_id>/comparisons/": Row(RESULTS),
    "": Row(SIGNED_IN),
    "login/": Row(ANYBODY),
    "logout/": Row(NOBODY),
    "forgotten/": Row(ANYBODY),
    "account/": Row(SIGNED_IN),
    "language/": Row(NOBODY),
    "jobs/<int:job_id>/": Row(MANAGERS),
    "projects/new/": Row(ADMIN),
    "areas/": Row(SIGNED_IN),
    "areas/<int:unit_id>/": Row(SIGNED_IN),
    "areas/examples/<slug:name>/": Row(SIGNED_IN, {"name": lambda _: "population"}),
    "areas/people/": Row(SIGNED_IN),
    "areas/people/upload/": Row(ADMIN),
    "areas/people/<int:number>/remove/": Row(ADMIN, {"number": lambda _: made_population().pk}),
    "areas/villages/": Row(SIGNED_IN - {"rated"}),
    "areas/villages/upload/": Row(ADMIN),
    "areas/villages/of/<path:village_id>/": Row(
        SIGNED_IN - {"rated"}, {"village_id": lambda w: w.world.case.household.village.village_id}
    ),
    "areas/convert/": Row(SIGNED_IN),
    "areas/boundaries/": Row(ADMIN),
    "areas/boundaries/<int:set_id>/": Row(ADMIN),
    "areas/boundaries/<int:set_id>/remove/": Row(ADMIN),
    "areas/links/": Row(ADMIN),
    "areas/links/upload/<slug:kind>/": Row(ADMIN, {"kind": lambda _: "pairs"}),
    "areas/links/<int:pair_id>/": Row(ADMIN),
    "safekeeping/": Row(ADMIN),
    "safekeeping/start/backup/": Row(NOBODY),
    "safekeeping/start/fsck/": Row(NOBODY),
    "safekeeping/files/<str:name>/": Row(NOBODY),
    f"{PAGE}/encryption/": Row(MANAGERS),
    f"{PAGE}/": Row(MEMBERS),
    f"{PAGE}/upload/": Row(MANAGERS),
    f"{PAGE}/people/": Row(MANAGERS),
    f"{PAGE}/people/account/": Row(MANAGERS),
    f"{PAGE}/people/account/<int:user_id>/": Row(MANAGERS),
    f"{PAGE}/people/print/": Row(MANAGERS),
    f"{PAGE}/people/<int:phone_id>/": Row(MANAGERS),
    f"{PAGE}/people/<int:phone_id>/revoke/": Row(MANAGERS),
    f"{PAGE}/people/<int:phone_id>/reissue/": Row(MANAGERS),
    f"{PAGE}/people/<int:phone_id>/forms/": Row(NOBODY),
    f"{PAGE}/people/<int:phone_id>/values/": Row(NOBODY),
    f"{PAGE}/trash/": Row(MANAGERS),
    # Nothing lies in the trash of the world.
    f"{PAGE}/trash/forms/<int:form_id>/restore/": Row(NOBODY),
    f"{PAGE}/trash/forms/<int:form_id>/purge/": Row(NOBODY),
    f"{PAGE}/trash/records/<int:submission_id>/restore/": Row(NOBODY),
    f"{PAGE}/trash/records/<int:submission_id>/purge/": Row(NOBODY),
    f"{PAGE}/lists/": Row(MEMBERS),
    f"{LISTS}/": Row(REVIEWERS, LISTED),
    f"{LISTS}/upload/": Row(REVIEWERS, LISTED),
    f"{LISTS}/csv/": Row(REVIEWERS, LISTED),
    f"{LISTS}/change/": Row(NOBODY, LISTED),
    f"{LISTS}/delete/": Row(MANAGERS, LISTED),
    f"{LISTS}/entities/<str:uuid>/": Row(REVIEWERS, LISTED),
    f"{LISTS}/entities/<str:uuid>/delete/": Row(MANAGERS, LISTED),
    f"{LISTS}/entities/<str:uuid>/purge/": Row(NOBODY, LISTED),  # of what was deleted
    f"{PAGE}/quarantine/": Row(REVIEWERS),
    f"{PAGE}/quarantine/<int:item_id>/": Row(REVIEWERS),
    f"{PAGE}/quarantine/<int:item_id>/xml/": Row(REVIEWERS),
    f"{PAGE}/quarantine/<int:item_id>/files/<int:number>/": Row(REVIEWERS),
    f"{PAGE}/rounds/new/": Row(MANAGERS),
    f"{FORM}/": Row(MEMBERS),
    f"{FORM}/assign/": Row(NOBODY),
    f"{FORM}/state/<slug:state>/": Row(MANAGERS),
    f"{FORM}/delete/": Row(MANAGERS),
    f"{FORM}/versions/<int:version_id>/changes/": Row(MANAGERS),
    f"{FORM}/versions/<int:version_id>/draft/": Row(MANAGERS),
    f"{RECORD}/delete/": Row(MANAGERS),
    f"{FORM}/publish/": Row(MANAGERS),
    f"{FORM}/links/": Row(MANAGERS),
    f"{FORM}/links/print/": Row(MANAGERS),
    f"{FORM}/links/<int:link_id>/": Row(MANAGERS),
    f"{FORM}/links/<int:link_id>/<slug:action>/": Row(MANAGERS),
    f"{FORM}/try/": Row(MANAGERS),
    f"{FORM}/fill/": Row(SENDERS),
    # A token in the address is the key; a wrong one opens nothing.
    "f/<str:token>/": Row(NOBODY),
    f"{FORM}/files/<path:name>": Row(NOBODY),
    f"{FORM}/versions/<int:version_id>/xform/": Row(MEMBERS),
    f"{FORM}/versions/<int:version_id>/workbook/": Row(MANAGERS),
    "api/forms/<int:form_id>/changes/": Row(MANAGERS),
    "api/forms/<int:form_id>/exports/": Row(READERS),
    "api/exports/<int:export_id>/": Row(REVIEWERS),
    "api/exports/<int:export_id>/file/": Row(REVIEWERS),
    f"{FORM}/opened.csv.zip": Row(NOBODY),
    f"{FORM}/exports/": Row(READERS),
    "exports/<int:export_id>/file/": Row(REVIEWERS),
    "exports/<int:export_id>/delete/": Row(REVIEWERS),
    f"{FORM}/submissions/": Row(READERS),
    "api/forms/<int:form_id>/submissions/": Row(READERS),
    "api/forms/<int:form_id>/submissions/bulk/": Row(NOBODY),
    "api/bulk/<int:job_id>/": Row(NOBODY),  # the world's job is another kind
    "api/bulk/<int:job_id>/undo/": Row(NOBODY),
    "api/forms/<int:form_id>/filters/": Row(READERS),
    "api/forms/<int:form_id>/filters/<int:filter_id>/": Row(NOBODY),
    "api/projects/<int:project_id>/webhooks/": Row(MANAGERS),
    "api/webhooks/<int:hook_id>/": Row(MANAGERS),
    "api/webhooks/<int:hook_id>/deliveries/": Row(MANAGERS),
    "api/webhooks/<int:hook_id>/deliveries/<int:delivery_id>/again/": Row(NOBODY),
    "api/webhooks/<int:hook_id>/<str:what>/": Row(NOBODY),
    f"{RECORD}/": Row(OPENERS),
    f"{RECORD}/review/": Row(NOBODY),
    f"{RECORD}/versions/<int:version_id>/xml/": Row(REVIEWERS),
    f"{RECORD}/files/<int:attachment_id>/": Row(REVIEWERS),
    f"{ROUND}/": Row(MEMBERS),
    f"{ROUND}/import/<slug:kind>/": Row(MANAGERS),
    f"{ROUND}/template/<slug:kind>/": Row(MANAGERS),
    f"{ROUND}/forms/": Row(MANAGERS),
    f"{ROUND}/estimating/": Row(ANALYSTS),
    f"{ROUND}/definitions/": Row(NOBODY),
    f"{ROUND}/run/": Row(NOBODY),
    "runs/<int:run_id>/publish/": Row(MANAGERS),
    f"{ROUND}/lock/": Row(MANAGERS),
    f"{ROUND}/fieldwork/": Row(FIELD),
    f"{ROUND}/unmatched/": Row(REVIEWERS),
    f"{ROUND}/assigning/": Row(FIELD),
    f"{ROUND}/assigning/<int:village_id>/": Row(REVIEWERS),
    f"{ROUND}/cases/": Row(FIELD),
    f"{ROUND}/cases/<int:outcome_id>/": Row(REVIEWERS),
    f"{ROUND}/satisfaction/": Row(RESULTS),
    f"{ROUND}/readiness/": Row(RESULTS),
    f"{ROUND}/outreach/": Row(FIELD | {"analyst", "viewer"}),
    "outreach/<int:plan_id>/": Row(OPENERS | {"viewer"}),  # a plan of the whole round
    "outreach/<int:plan_id>/file/": Row(OPENERS | {"viewer"}),
    # No worker solves the plan of this world: to its page, and no map.
    "outreach/<int:plan_id>/map.pdf": Row(OPENERS | {"viewer"}),
    "outreach/<int:plan_id>/map/": Row(NOBODY),
    "outreach/<int:plan_id>/delete/": Row(MANAGERS),
    f"{ROUND}/claims/": Row(NOBODY),  # POST alone
    f"{ROUND}/claims/<int:claim_id>/": Row(NOBODY, {"claim_id": lambda _: 1}),
    # The worklist: no form A in this world, so it is empty and no wish is found.
    f"{ROUND}/help/": Row(FIELD),
    f"{ROUND}/help/file/": Row(FIELD),
    f"{ROUND}/help/<int:submission_id>/<int:ordinal>/": Row(NOBODY, {"ordinal": lambda _: 1}),
    f"{ROUND}/technical/": Row(RESULTS),
    "runs/<int:run_id>/map/<slug:indicator>/": Row(RESULTS),
    "runs/<int:run_id>/maps/": Row(NOBODY),
    "maps/<int:order_id>/": Row(RESULTS),
    "maps/<int:order_id>/file/": Row(RESULTS),
    "runs/<int:run_id>/communes/": Row(RESULTS),
    "runs/<int:run_id>/communes/<slug:code>/": Row(RESULTS),
    "runs/<int:run_id>/communes/<slug:code>/csv/": Row(RESULTS),
    "runs/<int:run_id>/files/<int:artefact_id>/": Row(RESULTS),
    f"{FORM}/submissions/change/": Row(NOBODY),
    f"{FORM}/submissions/change/<int:job_id>/": Row(NOBODY),
    f"{FORM}/submissions/change/<int:job_id>/undo/": Row(NOBODY),
    f"{FORM}/submissions/csv/": Row(READERS),
    f"{FORM}/submissions/filters/": Row(NOBODY),
    f"{FORM}/submissions/filters/<int:filter_id>/remove/": Row(NOBODY),
    f"{PAGE}/webhooks/": Row(MANAGERS),
    f"{PAGE}/webhooks/<int:hook_id>/": Row(MANAGERS),
    f"{PAGE}/webhooks/<int:hook_id>/act/": Row(NOBODY),
    f"{PAGE}/webhooks/<int:hook_id>/deliveries/<int:delivery_id>/": Row(NOBODY),
    "v1/assignments": Row(ADMIN),
    "v1/assignments/<str:role>": Row(ADMIN),
    "v1/assignments/<str:role>/<int:actor_id>": Row(NOBODY),
    "v1/audits": Row(ADMIN),
    f"{P}/actor-properties": Row(MANAGERS),
    f"{P}/assignments": Row(MANAGERS),
    f"{P}/assignments/<str:role>": Row(MANAGERS),
    f"{P}/assignments/<str:role>/<int:actor_id>": Row(NOBODY),
    f"{P}/assignments/forms": Row(MANAGERS),
    f"{P}/assignments/forms/<str:role>": Row(MANAGERS),
    f"{P}/audits": Row(MANAGERS),
    f"{P}/datasets": Row(MEMBERS),
    D: Row(MEMBERS, LISTED),
    f"{D}.svc": Row(REVIEWERS, LISTED),
    f"{D}.svc/$metadata": Row(REVIEWERS, LISTED),
    f"{D}.svc/<path:rest>": Row(REVIEWERS, {**LISTED, "rest": lambda _: "Entities"}),
    f"{D}/backlog": Row(REVIEWERS, LISTED),
    f"{D}/entities": Row(REVIEWERS, LISTED),
    f"{D}/entities.csv": Row(REVIEWERS, LISTED),
    f"{D}/entities/<str:uuid>": Row(REVIEWERS, LISTED),
    f"{D}/entities/<str:uuid>/audits": Row(REVIEWERS, LISTED),
    f"{D}/entities/<str:uuid>/diffs": Row(REVIEWERS, LISTED),
    f"{D}/entities/<str:uuid>/restore": Row(NOBODY, LISTED),
    f"{D}/entities/<str:uuid>/purge": Row(NOBODY, LISTED),
    f"{D}/entities/<str:uuid>/geojson": Row(REVIEWERS, LISTED),
    f"{D}/entities.geojson": Row(REVIEWERS, LISTED),
    f"{D}/entities/<str:uuid>/versions": Row(REVIEWERS, LISTED),
    f"{D}/entities/bulk-delete": Row(NOBODY, LISTED),
    f"{D}/entities/bulk-restore": Row(NOBODY, LISTED),
    f"{D}/entities/creators": Row(REVIEWERS, LISTED),
    f"{D}/properties": Row(NOBODY, LISTED),
    f"{D}/properties/<str:prop>": Row(NOBODY, LISTED),
    f"{P}/datasets/sampled_hh/entities": Row(REVIEWERS),
    f"{P}/datasets/sampled_hh/entities/<str:uuid>": Row(REVIEWERS, HOUSEHOLD),
    f"{P}/datasets/sampled_hh/entities/<str:uuid>/versions": Row(REVIEWERS, HOUSEHOLD),
    f"{F}/assignments": Row(MANAGERS),
    f"{F}/dataset-diff": Row(MEMBERS),
    f"{F}/draft/dataset-diff": Row(MANAGERS),
    "v1/roles": Row(SIGNED_IN),
    "v1/roles/<str:role>": Row(SIGNED_IN),
    "v1/users": Row(SIGNED_IN),
    "v1/users/<int:actor_id>": Row(NOBODY),
    "v1/users/<int:actor_id>/password": Row(NOBODY),
    "v1/users/reset/initiate": Row(NOBODY),
    "v1/users/reset/verify": Row(NOBODY),
    "audit/": Row(ADMIN),
    "audit/csv/": Row(ADMIN),
    f"{FORM}/privacy/": Row(MANAGERS),
    f"{RECORD}/erase/": Row(MANAGERS),
    "password/<str:token>/": Row(NOBODY),
    f"{PAGE}/audit/": Row(MANAGERS),
    f"{PAGE}/audit/csv/": Row(MANAGERS),
    f"{PAGE}/people/account/<int:user_id>/link/": Row(NOBODY),
    f"{PAGE}/personal/": Row(MANAGERS),
    f"{PAGE}/personal/find/": Row(MANAGERS),
    f"{PAGE}/personal/kept/<int:item_id>/": Row(MANAGERS),
}
