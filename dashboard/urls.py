"""Addresses of the pages."""

from django.urls import URLPattern, path

from dashboard import language
from dashboard.views import (
    account,
    assigning,
    cases,
    fieldwork,
    forms,
    home,
    people,
    projects,
    quarantine,
    readiness,
    rounds,
    satisfaction,
    session,
    submissions,
    technical,
    work,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("login/", session.sign_in, name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("forgotten/", session.forgotten, name="forgotten"),
    path("account/", account.own, name="own_account"),
    path("language/", language.choose, name="language"),
    path("jobs/<int:job_id>/", work.job, name="job"),
    path("projects/new/", projects.new_project, name="new_project"),
    path("projects/<int:project_id>/", projects.project, name="project"),
    path("projects/<int:project_id>/upload/", projects.upload, name="upload"),
    path("projects/<int:project_id>/people/", people.people, name="people"),
    path("projects/<int:project_id>/people/account/", people.new_account, name="new_account"),
    path(
        "projects/<int:project_id>/people/account/<int:user_id>/",
        account.account,
        name="account",
    ),
    path("projects/<int:project_id>/people/print/", people.sheets, name="phone_sheets"),
    path("projects/<int:project_id>/people/<int:phone_id>/", people.phone, name="phone"),
    path(
        "projects/<int:project_id>/people/<int:phone_id>/revoke/",
        people.revoke,
        name="phone_revoke",
    ),
    path(
        "projects/<int:project_id>/people/<int:phone_id>/reissue/",
        people.reissue,
        name="phone_reissue",
    ),
    path(
        "projects/<int:project_id>/people/<int:phone_id>/forms/", people.assign, name="phone_forms"
    ),
    path("projects/<int:project_id>/quarantine/", quarantine.kept, name="quarantine"),
    path(
        "projects/<int:project_id>/quarantine/<int:item_id>/", quarantine.item, name="quarantined"
    ),
    path(
        "projects/<int:project_id>/quarantine/<int:item_id>/xml/",
        quarantine.item_xml,
        name="quarantined_xml",
    ),
    path(
        "projects/<int:project_id>/quarantine/<int:item_id>/files/<int:number>/",
        quarantine.item_file,
        name="quarantined_file",
    ),
    path("projects/<int:project_id>/rounds/new/", rounds.new_round, name="new_round"),
    path("forms/<int:form_id>/", forms.form, name="form"),
    path("forms/<int:form_id>/assign/", forms.assign_everybody, name="assign_everybody"),
    path("forms/<int:form_id>/state/<slug:state>/", forms.change_state, name="form_state"),
    path("forms/<int:form_id>/publish/", forms.publish_draft, name="publish_draft"),
    path("forms/<int:form_id>/files/<path:name>", forms.attach, name="attach"),
    path("forms/<int:form_id>/versions/<int:version_id>/xform/", forms.xform, name="xform"),
    path(
        "forms/<int:form_id>/versions/<int:version_id>/workbook/", forms.workbook, name="workbook"
    ),
    path("forms/<int:form_id>/submissions/", submissions.submissions, name="submissions"),
    path("forms/<int:form_id>/submissions/<int:submission_id>/", submissions.record, name="record"),
    path(
        "forms/<int:form_id>/submissions/<int:submission_id>/review/",
        submissions.judge,
        name="judge",
    ),
    path(
        "forms/<int:form_id>/submissions/<int:submission_id>/versions/<int:version_id>/xml/",
        submissions.raw_xml,
        name="raw_xml",
    ),
    path(
        "forms/<int:form_id>/submissions/<int:submission_id>/files/<int:attachment_id>/",
        submissions.attachment,
        name="attachment",
    ),
    path("rounds/<int:round_id>/", rounds.round_page, name="round"),
    path("rounds/<int:round_id>/import/<slug:kind>/", rounds.import_file, name="round_import"),
    path("rounds/<int:round_id>/template/<slug:kind>/", rounds.template, name="round_template"),
    path("rounds/<int:round_id>/forms/", rounds.publish_form, name="round_forms"),
    path("rounds/<int:round_id>/run/", rounds.start_run, name="start_run"),
    path("runs/<int:run_id>/publish/", rounds.publish_run, name="publish_run"),
    path("rounds/<int:round_id>/lock/", rounds.lock, name="round_lock"),
    path("rounds/<int:round_id>/fieldwork/", fieldwork.fieldwork, name="fieldwork"),
    path("rounds/<int:round_id>/unmatched/", fieldwork.unmatched, name="unmatched"),
    path("rounds/<int:round_id>/assigning/", assigning.assigning, name="assigning"),
    path(
        "rounds/<int:round_id>/assigning/<int:village_id>/",
        assigning.assigning_village,
        name="assigning_village",
    ),
    path("rounds/<int:round_id>/cases/", cases.cases, name="cases"),
    path("rounds/<int:round_id>/cases/<int:outcome_id>/", cases.case, name="case"),
    path("rounds/<int:round_id>/satisfaction/", satisfaction.satisfaction, name="satisfaction"),
    path("rounds/<int:round_id>/readiness/", readiness.readiness, name="readiness"),
    path("rounds/<int:round_id>/technical/", technical.technical, name="technical"),
    path("runs/<int:run_id>/map/<slug:indicator>/", readiness.map_document, name="map_document"),
    path("runs/<int:run_id>/files/<int:artefact_id>/", technical.artefact, name="artefact"),
]
