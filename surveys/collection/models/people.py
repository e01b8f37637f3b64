"""Who acts: web users, enumerators' phones, and what they did."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class Actor(models.Model):
    """One number space for everybody who can send or change something (Central's actor id)."""

    class Kind(models.TextChoices):
        USER = "user"
        APP_USER = "field_key"
        PUBLIC_LINK = "public_link"
        SYSTEM = "system"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    display_name = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "actor"

    def __str__(self) -> str:
        return self.display_name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None, display_name: str = "") -> "User":
        actor = Actor.objects.create(kind=Actor.Kind.USER, display_name=display_name or email)
        user = self.model(email=self.normalize_email(email).lower(), actor=actor)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in on the pages or over /v1 with e-mail and password."""

    actor = models.OneToOneField(Actor, on_delete=models.PROTECT, related_name="user")
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=5, default="vi")
    # Works for the office that a `rates_authority` form is about; such a person reads no record,
    # point or free text of these forms, whatever roles he or she also has.
    rated_commune = models.CharField(max_length=5, blank=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        db_table = "web_user"

    def __str__(self) -> str:
        return self.actor.display_name


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"  # reform staff: indices, reports, records of their area
    VIEWER = "viewer"  # planners: published runs and maps only
    ENUMERATOR = "enumerator"  # sends records with an account, sees those that he or she sent
    HELPER = "helper"  # community digital team: who asked for help in the communes of the role


class RoleAssignment(models.Model):
    """A role in one project (or everywhere), optionally within an area only."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=15, choices=Role.choices)
    project = models.ForeignKey(
        "collection.Project", null=True, on_delete=models.CASCADE, related_name="role_assignments"
    )
    # Commune codes (valid today) that the role is limited to; empty = the whole project.
    communes = models.JSONField(default=list, blank=True)

    class Meta:
        db_table = "role_assignment"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "role", "project"], name="one_role_a_project")
        ]


class AppUser(models.Model):
    """An enumerator's phone: one token, shown as a settings QR code."""

    actor = models.OneToOneField(
        Actor, primary_key=True, on_delete=models.PROTECT, related_name="app_user"
    )
    project = models.ForeignKey(
        "collection.Project", on_delete=models.PROTECT, related_name="app_users"
    )
    # Null once revoked. A re-issue for a lost phone replaces it at once.
    token = models.CharField(max_length=64, null=True, unique=True)
    created_by = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    # Values by the names of the project's ActorProperty: which entities the phone gets.
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        db_table = "app_user"


class ApiSession(models.Model):
    """A bearer token of /v1; only its sha256 is stored."""

    token_sha256 = models.CharField(max_length=64, primary_key=True)
    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="api_sessions")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "api_session"


class PasswordReset(models.Model):
    """A link by which an account gets a password, once; only the sha256 of its token is kept."""

    token_sha256 = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_resets")
    created_by = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "password_reset"


class AuditEvent(models.Model):
    """Append-only (a trigger of the database holds it): who did what to which thing.

    Written in the transaction of the change.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(Actor, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)  # for example "form.publish"
    project_id = models.BigIntegerField(null=True)
    form_id = models.BigIntegerField(null=True)
    submission_id = models.BigIntegerField(null=True)
    entity_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_event"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["submission_id"],
                name="audit_by_submission",
                condition=Q(submission_id__isnull=False),
            ),
            models.Index(
                fields=["entity_id"],
                name="audit_by_entity",
                condition=Q(entity_id__isnull=False),
            ),
            models.Index(fields=["project_id", "at"], name="audit_by_project"),
        ]
