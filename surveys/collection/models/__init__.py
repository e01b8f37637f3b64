"""Tables of the collection side, one module a subject."""

from surveys.collection.models.entities import (
    ActorProperty,
    Entity,
    EntityList,
    EntityProperty,
    EntitySource,
    EntityVersion,
    SubmittedEntity,
)
from surveys.collection.models.following import AnswerText, Follower
from surveys.collection.models.forms import (
    Form,
    FormAssignment,
    FormAttachment,
    FormVersion,
    Project,
)
from surveys.collection.models.jobs import Job
from surveys.collection.models.keys import Key
from surveys.collection.models.links import PublicLink
from surveys.collection.models.people import (
    Actor,
    ApiSession,
    AppUser,
    AuditEvent,
    PasswordReset,
    Role,
    RoleAssignment,
    User,
)
from surveys.collection.models.personal import (
    ErasedVersion,
    Erasure,
    RetentionRule,
    RetentionRun,
)
from surveys.collection.models.saved_filters import SavedFilter
from surveys.collection.models.submissions import (
    Attachment,
    Blob,
    Comment,
    Quarantined,
    Record,
    Submission,
    SubmissionVersion,
)
from surveys.collection.models.webhooks import Delivery, Webhook

__all__ = [
    "Actor",
    "ActorProperty",
    "AnswerText",
    "ApiSession",
    "AppUser",
    "Attachment",
    "AuditEvent",
    "Blob",
    "Comment",
    "Delivery",
    "Entity",
    "EntityList",
    "EntityProperty",
    "EntitySource",
    "EntityVersion",
    "ErasedVersion",
    "Erasure",
    "Follower",
    "Form",
    "FormAssignment",
    "FormAttachment",
    "FormVersion",
    "Job",
    "Key",
    "PasswordReset",
    "Project",
    "PublicLink",
    "Quarantined",
    "Record",
    "RetentionRule",
    "RetentionRun",
    "Role",
    "RoleAssignment",
    "SavedFilter",
    "Submission",
    "SubmissionVersion",
    "SubmittedEntity",
    "User",
    "Webhook",
]
