"""Tables of the collection side, one module a subject."""

from surveys.collection.models.forms import (
    Form,
    FormAssignment,
    FormAttachment,
    FormVersion,
    Project,
)
from surveys.collection.models.jobs import Job
from surveys.collection.models.links import PublicLink
from surveys.collection.models.people import (
    Actor,
    ApiSession,
    AppUser,
    AuditEvent,
    Role,
    RoleAssignment,
    User,
)
from surveys.collection.models.submissions import (
    Attachment,
    Blob,
    Comment,
    Quarantined,
    Record,
    Submission,
    SubmissionVersion,
)

__all__ = [
    "Actor",
    "ApiSession",
    "AppUser",
    "Attachment",
    "AuditEvent",
    "Blob",
    "Comment",
    "Form",
    "FormAssignment",
    "FormAttachment",
    "FormVersion",
    "Job",
    "Project",
    "PublicLink",
    "Quarantined",
    "Record",
    "Role",
    "RoleAssignment",
    "Submission",
    "SubmissionVersion",
    "User",
]
