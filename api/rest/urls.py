"""`/api`: our own resources."""

from django.urls import URLPattern, path

from api.rest import exports, schema, views

urlpatterns: list[URLPattern] = [
    path("schema/", schema.schema, name="api-schema"),
    path("docs/", schema.docs, name="api-docs"),
    path("projects/", views.Projects.as_view()),
    path("projects/<int:project_id>/rounds/", views.Rounds.as_view()),
    path("rounds/<int:round_id>/", views.OneRound.as_view()),
    path("rounds/<int:round_id>/runs/", views.Runs.as_view()),
    path("runs/<int:run_id>/", views.OneRun.as_view()),
    path("runs/<int:run_id>/estimates/", views.Estimates.as_view()),
    path("forms/<int:form_id>/exports/", exports.FormExports.as_view()),
    path("exports/<int:export_id>/", exports.OneExport.as_view()),
    path("exports/<int:export_id>/file/", exports.ExportFile.as_view()),
]
