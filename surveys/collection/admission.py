"""Who sends, and to which form: one query for token, form, version and assignment."""

from forms.instance import InstanceHead
from surveys.collection import statements
from surveys.collection.arrival import Admission
from surveys.collection.models import FormVersion
from surveys.collection.statements import decoded

_FORM = """
  LEFT JOIN form f ON f.project_id = p.id AND f.xml_form_id = $2 AND f.deleted_at IS NULL
  LEFT JOIN form_version v
    ON v.form_id = f.id AND v.version = $3 AND v.published_at IS NOT NULL"""

_OF_APP_USER = f"""
SELECT p.id, u.actor_id, f.id, f.state, v.id, v.md5, f.never_stored, g.id IS NOT NULL
  FROM app_user u
  JOIN actor a ON a.id = u.actor_id AND a.deleted_at IS NULL
  JOIN project p ON p.id = u.project_id AND p.deleted_at IS NULL{_FORM}
  LEFT JOIN form_assignment g ON g.form_id = f.id AND g.actor_id = u.actor_id
 WHERE u.token = $4 AND u.project_id = $1"""  # noqa: S608 - constants only

_OF_PROJECT = f"""
SELECT p.id, f.id, f.state, v.id, v.md5
  FROM project p{_FORM}
 WHERE p.id = $1 AND p.deleted_at IS NULL"""  # noqa: S608 - constants only

_SENDER = """
SELECT u.actor_id
  FROM app_user u
  JOIN actor a ON a.id = u.actor_id AND a.deleted_at IS NULL
  JOIN project p ON p.id = u.project_id AND p.deleted_at IS NULL
 WHERE u.token = $1 AND u.project_id = $2"""

_DRAFT = """
SELECT p.id, f.id, f.state, v.id, v.md5, f.xml_form_id
  FROM form_version v
  JOIN form f ON f.id = v.form_id AND f.draft_id = v.id AND f.deleted_at IS NULL
  JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
 WHERE v.draft_token = $1 AND p.id = $2 AND f.xml_form_id = $3"""


def by_token(token: str, project_id: int, head: InstanceHead) -> Admission | None:
    """What an enumerator's token gives for this form; None = the token is not valid here."""
    asked = (project_id, head.form_id, head.version, token)
    rows = statements.first_of_request(_OF_APP_USER, asked)
    if not rows:
        return None
    project, actor, form, state, version, md5, never_stored, assigned = rows[0]
    return Admission(
        project_id=project,
        actor_id=actor,
        form_id=form,
        form_state=state or "",
        form_version_id=version,
        form_md5=md5 or "",
        may_submit=bool(assigned),
        is_phone=True,
        never_stored=frozenset(decoded(never_stored) or ()),
    )


def sender(token: str, project_id: int) -> int | None:
    """The actor of a token; None = the token is not valid in this project."""
    rows = statements.first_of_request(_SENDER, (token, project_id))
    return int(rows[0][0]) if rows else None


def by_project(project_id: int, actor_id: int | None, head: InstanceHead) -> Admission | None:
    """The form for somebody whose right to submit was checked already; None = no such project."""
    rows = statements.run(_OF_PROJECT, (project_id, head.form_id, head.version))
    if not rows:
        return None
    project, form, state, version, md5 = rows[0]
    return Admission(project, actor_id, form, state or "", version, md5 or "", may_submit=True)


def to_version(version: FormVersion, actor_id: int | None) -> Admission:
    """The form version that somebody chose, whatever the XML names; the right was checked."""
    return Admission(
        project_id=version.form.project_id,
        actor_id=actor_id,
        form_id=version.form_id,
        form_version_id=version.pk,
        form_md5=version.md5,
        may_submit=True,
    )


def by_draft_token(token: str, project_id: int, xml_form_id: str) -> Admission | None:
    """A draft that anybody with its link may try; None = it was published or replaced."""
    rows = statements.first_of_request(_DRAFT, (token, project_id, xml_form_id))
    if not rows:
        return None
    project, form, state, version, md5, _ = rows[0]
    return Admission(project, None, form, state, version, md5, may_submit=True)
