"""`/api`: our own resources."""

from django.urls import URLPattern, path

from api.rest import changes, exports, recipes, schema, selections, views, webhooks

urlpatterns: list[URLPattern] = [
    path("schema/", schema.schema, name="api-schema"),
    path("docs/", schema.docs, name="api-docs"),
    path("projects/", views.Projects.as_view()),
    path("projects/<int:project_id>/rounds/", views.Rounds.as_view()),
    path("rounds/<int:round_id>/", views.OneRound.as_view()),
    path("rounds/<int:round_id>/recipe/", recipes.RoundRecipe.as_view()),
    path("rounds/<int:round_id>/runs/", views.Runs.as_view()),
    path("runs/<int:run_id>/", views.OneRun.as_view()),
    path("runs/<int:run_id>/estimates/", views.Estimates.as_view()),
    path("runs/<int:run_id>/comparisons/", views.Comparisons.as_view()),
    path("forms/<int:form_id>/changes/", changes.Changes.as_view()),
    path("forms/<int:form_id>/exports/", exports.FormExports.as_view()),
    path("exports/<int:export_id>/", exports.OneExport.as_view()),
    path("exports/<int:export_id>/file/", exports.ExportFile.as_view()),
    path("forms/<int:form_id>/submissions/", selections.Records.as_view()),
    path("forms/<int:form_id>/submissions/bulk/", selections.Bulk.as_view()),
    path("bulk/<int:job_id>/", selections.OneBulk.as_view()),
    path("bulk/<int:job_id>/undo/", selections.BulkUndo.as_view()),
    path("forms/<int:form_id>/filters/", selections.SavedFilters.as_view()),
    path("forms/<int:form_id>/filters/<int:filter_id>/", selections.OneSavedFilter.as_view()),
    path("projects/<int:project_id>/webhooks/", webhooks.Webhooks.as_view()),
    path("webhooks/<int:hook_id>/", webhooks.OneWebhook.as_view()),
    path("webhooks/<int:hook_id>/deliveries/", webhooks.Deliveries.as_view()),
    path(
        "webhooks/<int:hook_id>/deliveries/<int:delivery_id>/again/", webhooks.SendAgain.as_view()
    ),
    path("webhooks/<int:hook_id>/<str:what>/", webhooks.WebhookDoes.as_view()),
]
