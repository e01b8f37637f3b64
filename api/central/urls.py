"""`/v1`, below the phone's own addresses.

Django routes on the decoded path: `uuid%3A1` arrives as `uuid:1`. `{f}.xml` and `{f}.svc` share a
path with form ids that hold dots, so they stand first; no form id may end like them. An
instanceID and a file's name may hold anything, slashes too: of two addresses that fit, the longer
pattern stands first.
"""

from django.urls import URLPattern, path

from api.central import (
    attachments,
    dataset_files,
    dataset_urls,
    datasets,
    drafts,
    form_files,
    forms,
    key_urls,
    keyed,
    people_urls,
    projects,
    public_links,
    quarantine,
    readout_urls,
    submissions,
)
from api.central import submission_history as history
from api.central.door import door, nowhere
from api.openrosa import blank_forms

P = "projects/<int:project_id>"
Q = f"{P}/quarantine/<int:item_id>"
F = f"{P}/forms/<str:form_id>"
FK = f"{P}/forms/<str:xml_form_id>"
S = f"{F}/submissions/<path:instance_id>"
W = f"{F}/versions/<str:version>"
T = f"{F}/draft/submissions"
TS = f"{T}/<path:instance_id>"


def _readings(base: str, also: dict[str, bool] | None = None) -> list[URLPattern]:
    """Versions and files, of real submissions and of a draft's test records alike."""
    version = f"{base}/versions/<path:version_id>"
    file = door(
        GET=attachments.show_file, POST=attachments.put_file, DELETE=attachments.delete_file
    )
    old_file = door(GET=attachments.show_file, DELETE=attachments.delete_file)
    return [
        path(f"{version}/attachments/<path:name>", old_file, also),
        path(f"{base}/attachments/<path:name>", file, also),
        path(f"{version}/attachments", door(GET=attachments.list_files), also),
        path(f"{version}.xml", door(GET=history.version_xml), also),
        path(version, door(GET=history.show_version), also),
        path(f"{base}/versions", door(GET=history.list_versions), also),
        path(f"{base}/diffs", door(GET=history.list_diffs), also),
        path(f"{base}/attachments", door(GET=attachments.list_files), also),
        path(f"{base}.xml", door(GET=submissions.submission_xml), also),
    ]


_projects = [
    path("projects", door(GET=projects.list_projects, POST=projects.create_project)),
    path(
        P,
        door(
            GET=projects.show_project,
            PATCH=projects.update_project,
            DELETE=projects.delete_project,
        ),
    ),
    path(f"{P}/app-users", door(GET=projects.list_app_users, POST=projects.create_app_user)),
    path(
        f"{P}/app-users/<int:actor_id>",
        door(
            GET=datasets.show_app_user,
            PATCH=datasets.update_app_user,
            DELETE=projects.delete_app_user,
        ),
    ),
    path(f"{P}/quarantine", door(GET=quarantine.list_kept)),
    path(f"{P}/quarantine/take", door(POST=quarantine.take_all)),
    path(f"{Q}.xml", door(GET=quarantine.kept_xml)),
    path(Q, door(GET=quarantine.show_kept)),
    path(f"{Q}/attachments/<path:name>", door(GET=quarantine.kept_file)),
    path(f"{Q}/take", door(POST=quarantine.take)),
    path(f"{Q}/discard", door(POST=quarantine.discard)),
    path(f"{Q}/reopen", door(POST=quarantine.reopen)),
]
_forms = [
    path(f"{P}/forms", door(GET=forms.list_forms, POST=forms.create_form)),
    path(f"{P}/forms/<int:form_number>/restore", door(POST=forms.restore_form)),
    path(f"{P}/forms/<int:form_number>/purge", door(POST=forms.purge_form)),
    *readout_urls.urlpatterns,
    path(f"{F}.xml", keyed.by_key(blank_forms.form_xml, door(GET=forms.form_xml))),
    path(f"{F}.xlsx", door(GET=forms.form_workbook), {"suffix": "xlsx"}),
    path(f"{F}.xls", door(GET=forms.form_workbook), {"suffix": "xls"}),
    path(F, door(GET=forms.show_form, PATCH=forms.update_form, DELETE=forms.delete_form)),
    path(f"{F}/fields", door(GET=forms.list_fields)),
    path(f"{F}/versions", door(GET=forms.list_versions)),
    path(f"{W}.xml", door(GET=forms.version_xml)),
    path(f"{W}.xlsx", door(GET=forms.version_workbook), {"suffix": "xlsx"}),
    path(f"{W}.xls", door(GET=forms.version_workbook), {"suffix": "xls"}),
    path(W, door(GET=forms.show_version)),
    path(f"{W}/fields", door(GET=forms.version_fields)),
    path(f"{W}/draft", door(POST=drafts.restore_version)),
    path(f"{W}/attachments", door(GET=form_files.list_version_files)),
    path(f"{W}/attachments/<path:name>", door(GET=form_files.show_version_file)),
    path(f"{F}/attachments", door(GET=form_files.list_files)),
    path(
        f"{F}/attachments/<path:name>",
        keyed.by_key(blank_forms.media, door(GET=form_files.show_file)),
    ),
    path(
        f"{F}/public-links",
        door(GET=public_links.list_links, POST=public_links.create_link),
    ),
    path(
        f"{F}/public-links/<int:actor_id>",
        door(GET=public_links.show_link, DELETE=public_links.delete_link),
    ),
]
_drafts = [
    path(
        f"{F}/draft",
        door(GET=drafts.show_draft, POST=drafts.set_draft, DELETE=drafts.delete_draft),
    ),
    path(f"{F}/draft.xml", door(GET=drafts.draft_xml)),
    path(f"{F}/draft.xlsx", door(GET=drafts.draft_workbook), {"suffix": "xlsx"}),
    path(f"{F}/draft.xls", door(GET=drafts.draft_workbook), {"suffix": "xls"}),
    path(f"{F}/draft/publish", door(POST=drafts.publish_draft)),
    path(f"{F}/draft/fields", door(GET=drafts.draft_fields)),
    path(f"{F}/draft/attachments", door(GET=form_files.list_draft_files)),
    path(
        f"{F}/draft/attachments/<path:name>",
        door(
            GET=form_files.show_draft_file,
            POST=form_files.put_draft_file,
            PATCH=dataset_files.link_draft_file,
            DELETE=form_files.delete_draft_file,
        ),
    ),
]
_submissions = [
    path("key/<str:token>/" + FK + "/submissions", keyed.submissions),
    path("test/<str:token>/" + FK + "/draft/submissions", keyed.trials),
    path(
        f"{F}/submissions",
        keyed.by_key(
            keyed.submissions,
            door(GET=submissions.list_submissions, POST=submissions.create_submission),
        ),
    ),
    path(f"{F}/submissions/submitters", door(GET=submissions.list_submitters)),
    path(f"{S}/restore", door(POST=submissions.restore_submission)),
    path(f"{S}/purge", door(POST=submissions.purge_submission)),
    path(f"{S}/comments", door(GET=history.list_comments, POST=history.add_comment)),
    path(f"{S}/audits", door(GET=history.list_audits)),
    *_readings(S),
    path(
        S,
        door(
            GET=submissions.show_submission,
            PUT=submissions.edit_submission,
            PATCH=submissions.review_submission,
            DELETE=submissions.delete_submission,
        ),
    ),
]
_tests = [
    path(
        T,
        door(GET=submissions.list_submissions, POST=submissions.create_submission),
        {"is_draft": True},
    ),
    path(f"{T}/submitters", door(GET=submissions.list_submitters), {"is_draft": True}),
    *_readings(TS, {"is_draft": True}),
    path(
        TS,
        door(GET=submissions.show_submission, PUT=submissions.edit_submission),
        {"is_draft": True},
    ),
]

urlpatterns: list[URLPattern] = [
    *people_urls.urlpatterns,
    *_projects,
    *_forms,
    *_drafts,
    *key_urls.urlpatterns,
    *_submissions,
    *_tests,
    *dataset_urls.urlpatterns,
    path("<path:rest>", nowhere),
]
