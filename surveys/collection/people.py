"""Accounts of staff and phones of enumerators: made, changed, taken away."""

import base64
import hashlib
import json
import secrets
import string
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from surveys.collection import audit, rights
from surveys.collection.models import (
    Actor,
    ApiSession,
    AppUser,
    Form,
    FormAssignment,
    PasswordReset,
    Project,
    Role,
    RoleAssignment,
    Submission,
    User,
)
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right

# The alphabet of Central's tokens: 64 letters, so that 64 of them carry 384 bits.
TOKEN_ALPHABET: Final = string.ascii_letters + string.digits + "!$"
TOKEN_LENGTH: Final = 64
SYSTEM_NAME: Final = "system"
LONGEST_DISPLAY_NAME: Final = 120
LONGEST_PASSWORD: Final = 200  # hashing a longer one would cost a guesser nothing and us much


class PersonRefused(Refused):
    """An account or a phone cannot be made or changed so."""


def system_actor() -> Actor:
    """The actor of commands and of the worker: may everything, shown as "system"."""
    found = Actor.objects.filter(kind=Actor.Kind.SYSTEM).order_by("id").first()
    return found or Actor.objects.create(kind=Actor.Kind.SYSTEM, display_name=SYSTEM_NAME)


def create_administrator(email: str, password: str) -> bool:
    """Make an administrator, or give the account of that e-mail a new password and the role.

    For the command line alone: who may run it owns the server. True when the account is new.
    """
    _check_account(email, password)
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email.strip()).first()
        is_new = user is None
        if user is None:
            user = User.objects.create_user(email.strip(), password)
        else:
            user.set_password(password)
            user.is_active = True
            user.save(update_fields=["password", "is_active"])
            close_sessions(user)
        # get_or_create would miss: NULL projects are distinct under the unique constraint.
        if not user.roles.filter(role=Role.ADMINISTRATOR, project=None).exists():
            RoleAssignment.objects.create(user=user, role=Role.ADMINISTRATOR)
        audit.record(
            "user.create" if is_new else "user.password",
            actor=system_actor(),
            email=user.email,
            role=Role.ADMINISTRATOR.value,
        )
    return is_new


def create_user(
    actor: Actor,
    email: str,
    password: str,
    display_name: str,
    role: Role,
    *,
    project: Project | None = None,
    communes: Sequence[str] = (),
    rated_commune: str = "",
) -> User:
    """Make an account with one role.

    Raises
    ------
    rights.Forbidden : the actor may not manage people there; only an administrator everywhere
        makes administrators and accounts without a project.
    PersonRefused : the e-mail is taken or wrong (409.5, 400.21), the password weak (400.22).
    """
    needs_all = project is None or role == Role.ADMINISTRATOR
    rights.require(actor, Right.ADMINISTER if needs_all else Right.MANAGE_PEOPLE, project)
    _check_account(email, password)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email.strip(), password, display_name.strip())
            user.rated_commune = rated_commune
            user.save(update_fields=["rated_commune"])
            RoleAssignment.objects.create(
                user=user, role=role, project=project, communes=sorted(communes)
            )
            audit.record(
                "user.create",
                actor=actor,
                project=project,
                email=user.email,
                role=role.value,
                communes=sorted(communes),
                rated_commune=rated_commune,
            )
    except IntegrityError as error:
        raise PersonRefused(409.5, email=email) from error
    return user


def set_password(actor: Actor, user: User, password: str, *, spare: str = "") -> None:
    """Give an account a new password; all its sessions over `/v1` end but the one to spare."""
    if user.actor_id != actor.pk:
        rights.require(actor, Right.ADMINISTER)
    _check_account(user.email, password)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        close_sessions(user, spare=spare)
        audit.record("user.password", actor=actor, email=user.email)


def deactivate_user(actor: Actor, user: User) -> None:
    """Close an account; what it did keeps its name."""
    rights.require(actor, Right.ADMINISTER)
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        close_sessions(user)
        audit.record("user.deactivate", actor=actor, email=user.email, user=user.actor_id)


def close_sessions(user: User, *, spare: str = "") -> None:
    """End every bearer session of an account, but the one of a token to spare, and every link that
    was made to set a password: it may lie in the mailbox of whoever one wants to be rid of.
    """
    PasswordReset.objects.filter(user=user).delete()
    kept = hashlib.sha256(spare.encode()).hexdigest()
    ApiSession.objects.filter(actor_id=user.actor_id).exclude(token_sha256=kept).delete()


def create_app_user(actor: Actor, project: Project, display_name: str) -> AppUser:
    """Make an enumerator's phone with its token."""
    rights.require(actor, Right.MANAGE_PEOPLE, project)
    name = display_name.strip()
    if not name or len(name) > LONGEST_DISPLAY_NAME:
        raise PersonRefused(400.23)
    with transaction.atomic():
        phone = Actor.objects.create(kind=Actor.Kind.APP_USER, display_name=name)
        app_user = AppUser.objects.create(
            actor=phone, project=project, token=new_token(), created_by=actor
        )
        audit.record("app_user.create", actor=actor, project=project, app_user=phone.pk, name=name)
    return app_user


def last_sent(project: Project) -> dict[int, datetime]:
    """When each phone of a project last sent something, by the phone's id; one query."""
    sent = Submission.objects.filter(submitter__app_user__project=project).order_by()
    return dict(sent.values_list("submitter").annotate(last=Max("created_at")))


def revoke_app_user(actor: Actor, app_user: AppUser) -> None:
    """Take the token away at once; what the phone sent stays. Twice is as once."""
    rights.require(actor, Right.MANAGE_PEOPLE, app_user.project)
    with transaction.atomic():
        changed = AppUser.objects.filter(pk=app_user.pk, token__isnull=False).update(token=None)
        if changed:
            audit.record(
                "app_user.revoke", actor=actor, project=app_user.project, app_user=app_user.pk
            )
    app_user.token = None


def reissue_app_user_token(actor: Actor, app_user: AppUser) -> AppUser:
    """A new token for a lost phone; the old one stops at once."""
    rights.require(actor, Right.MANAGE_PEOPLE, app_user.project)
    with transaction.atomic():
        app_user.token = new_token()
        app_user.save(update_fields=["token"])
        audit.record(
            "app_user.reissue", actor=actor, project=app_user.project, app_user=app_user.pk
        )
    return app_user


def delete_app_user(actor: Actor, app_user: AppUser) -> None:
    """Revoke and hide an enumerator; the submissions keep the name."""
    with transaction.atomic():
        revoke_app_user(actor, app_user)
        Actor.objects.filter(pk=app_user.pk).update(deleted_at=timezone.now())


def assign_form(actor: Actor, form: Form, app_user: AppUser) -> None:
    """Let a phone fill a form of its own project."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    if app_user.project_id != form.project_id:
        raise PersonRefused(404.5)
    with transaction.atomic():
        _, is_new = FormAssignment.objects.get_or_create(form=form, actor_id=app_user.pk)
        if is_new:
            audit.record("form.assign", actor=actor, form=form, app_user=app_user.pk)


def unassign_form(actor: Actor, form: Form, app_user: AppUser) -> None:
    """The phone does not see the form any more."""
    rights.require(actor, Right.MANAGE_FORMS, form.project)
    with transaction.atomic():
        gone, _ = FormAssignment.objects.filter(form=form, actor_id=app_user.pk).delete()
        if gone:
            audit.record("form.unassign", actor=actor, form=form, app_user=app_user.pk)


def new_token() -> str:
    """A token that survives a URL path as it is."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _ in range(TOKEN_LENGTH))


def settings_qr_text(app_user: AppUser, base_url: str, round_name: str) -> str:
    """What the settings QR of a phone says: base64 of zlib of Collect's settings.

    Collect takes everything that is not named here back to its defaults. `match_exactly` deletes
    forms from the phone that the list does not name, so the phone always has what it should.
    """
    server = f"{base_url.rstrip('/')}/v1/key/{app_user.token}/projects/{app_user.project_id}"
    settings = {
        "general": {
            "server_url": server,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "app_language": "vi",
            "metadata_username": app_user.actor.display_name,
        },
        "admin": {},
        "project": {"name": round_name},
    }
    text = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def require_another_administrator(user: User) -> None:
    """Raise 409.15 when this is the last account that administers everything."""
    held = RoleAssignment.objects.select_for_update().filter(
        role=Role.ADMINISTRATOR, project=None, user__is_active=True
    )
    holders = {row.user_id for row in held}
    if user.pk in holders and len(holders) == 1:
        raise PersonRefused(409.15)


def _check_account(email: str, password: str) -> None:
    checked_email(email)
    check_strength(password)


def checked_email(email: str) -> str:
    """The address as it is stored; raises 400.21."""
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise PersonRefused(400.21, email=email) from error
    return email.strip().lower()


def check_strength(password: str) -> None:
    """Raise 400.22 for a password that is guessed soon."""
    if len(password) > LONGEST_PASSWORD or "\x00" in password:
        raise PersonRefused(400.22, reasons=[])
    try:
        validate_password(password)
    except ValidationError as error:
        raise PersonRefused(400.22, reasons=list(error.messages)) from error
