"""`/api`: our own resources, read-only."""

from django.urls import URLPattern, path

from api.rest import schema, views

urlpatterns: list[URLPattern] = [
    path("schema/", schema.Schema.as_view(), name="api-schema"),
    path("docs/", schema.docs, name="api-docs"),
    path("projects/", views.Projects.as_view()),
    path("projects/<int:project_id>/rounds/", views.Rounds.as_view()),
    path("rounds/<int:round_id>/", views.OneRound.as_view()),
    path("rounds/<int:round_id>/runs/", views.Runs.as_view()),
    path("runs/<int:run_id>/", views.OneRun.as_view()),
    path("runs/<int:run_id>/estimates/", views.Estimates.as_view()),
]
