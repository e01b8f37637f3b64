"""Addresses of encryption keys below `/v1`."""

from django.urls import path

from api.central import keys
from api.central.door import door

P = "projects/<int:project_id>"
F = f"{P}/forms/<str:form_id>"

urlpatterns = [
    path(f"{P}/key", door(POST=keys.set_project_key)),
    path(f"{F}/submissions/keys", door(GET=keys.list_keys)),
    path(f"{F}/draft/submissions/keys", door(GET=keys.list_keys), {"is_draft": True}),
]
