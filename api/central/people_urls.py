"""Addresses of sessions, accounts, roles and the audit log."""

from django.urls import URLPattern, path

from api.central import people_audits, people_roles, people_users, sessions
from api.central.door import door

P = "projects/<int:project_id>"
F = f"{P}/forms/<str:form_id>"

ROLE = door(GET=people_roles.list_role_holders)
HOLDER = door(POST=people_roles.grant, DELETE=people_roles.withdraw)

urlpatterns: list[URLPattern] = [
    path("sessions", door(anonymous=True, POST=sessions.sign_in_)),
    path("sessions/restore", door(GET=sessions.restore)),
    path("sessions/<str:token>", door(DELETE=sessions.sign_out)),
    path("users", door(GET=people_users.list_users, POST=people_users.create_user)),
    path("users/current", door(GET=people_users.current_user)),
    path("users/reset/initiate", door(anonymous=True, POST=people_users.initiate_reset)),
    path("users/reset/verify", door(anonymous=True, POST=people_users.verify_reset)),
    path(
        "users/<int:actor_id>",
        door(
            GET=people_users.show_user,
            PATCH=people_users.update_user,
            DELETE=people_users.delete_user,
        ),
    ),
    path("users/<int:actor_id>/password", door(PUT=people_users.change_password)),
    path("roles", door(GET=people_roles.list_roles)),
    path("roles/<str:role>", door(GET=people_roles.show_role)),
    path("audits", door(GET=people_audits.list_audits)),
    path(f"{P}/audits", door(GET=people_audits.list_audits)),
    path("assignments", door(GET=people_roles.list_assignments)),
    path("assignments/<str:role>", ROLE),
    path("assignments/<str:role>/<int:actor_id>", HOLDER),
    path(f"{P}/assignments", door(GET=people_roles.list_assignments)),
    path(f"{P}/assignments/forms", door(GET=people_roles.list_all_form_assignments)),
    path(f"{P}/assignments/forms/<str:role>", door(GET=people_roles.list_all_form_assignments)),
    path(f"{P}/assignments/<str:role>", ROLE),
    path(f"{P}/assignments/<str:role>/<int:actor_id>", HOLDER),
    path(f"{F}/assignments", door(GET=people_roles.list_form_assignments)),
    path(f"{F}/assignments/<str:role>", door(GET=people_roles.list_form_role)),
    path(
        f"{F}/assignments/<str:role>/<int:actor_id>",
        door(POST=people_roles.assign_form, DELETE=people_roles.unassign_form),
    ),
]
