"""What is stored under an instanceID already."""

from dataclasses import dataclass

from forms.instance import InstanceHead
from surveys.collection import statements


@dataclass(frozen=True, slots=True)
class Known:
    submission_id: int
    version_id: int
    sha256: str
    is_current: bool
    is_deleted: bool
    is_purged: bool  # nothing of it may come back
    is_erased: bool  # answers were taken out; they may not come back either
    is_withdrawn: bool  # the person asked for it: nothing new about him or her is taken


def known_version(form_id: int, instance_id: str, *, is_draft: bool) -> Known | None:
    """The version of this instanceID: an original or an edit."""
    rows = statements.run(
        "SELECT s.id, v.id, v.sha256, v.is_current, s.deleted_at IS NOT NULL,"
        " s.state = 'purged',"
        " e.version_id IS NOT NULL, coalesce(x.extent <> 'clock', false)"
        " FROM submission_version v JOIN submission s ON s.id = v.submission_id"
        " LEFT JOIN erased_version e ON e.version_id = v.id"
        " LEFT JOIN erasure x ON x.id = e.erasure_id"
        " WHERE v.instance_id = $1 AND v.form_id = $2 AND v.is_draft = $3",
        (instance_id, form_id, is_draft),
    )
    if not rows:
        return None
    submission, version, sha256, *flags = rows[0]
    return Known(submission, version, sha256, *map(bool, flags))


def is_stored(project_id: int, head: InstanceHead, sha256: str) -> bool:
    """Whether a form of the project has these very bytes under their instanceID."""
    rows = statements.run(
        "SELECT 1 FROM submission_version v JOIN form f ON f.id = v.form_id"
        " WHERE v.instance_id = $1 AND v.sha256 = $2 AND NOT v.is_draft"
        " AND f.project_id = $3 AND f.xml_form_id = $4 AND f.deleted_at IS NULL",
        (head.instance_id, sha256, project_id, head.form_id),
    )
    return bool(rows)
