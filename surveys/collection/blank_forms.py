"""What a phone downloads: the list of forms, a form's bytes, the files beside it."""

from dataclasses import dataclass
from typing import Final

from surveys.collection import statements

# Made by `fieldwork` from the sample; every other list is stored here.
GENERATED_LIST: Final = "sampled_hh"


@dataclass(frozen=True, slots=True)
class ListedForm:
    xml_form_id: str
    name: str
    version: str
    md5: str
    has_files: bool


@dataclass(frozen=True, slots=True)
class BlankForm:
    """A version of a form, as somebody asks for it; 0 = there is none."""

    form_id: int
    version: int
    md5: str
    actor_id: int | None
    may_read: bool
    is_public: bool = False  # by a public link: files, but no entity list
    is_trial: bool = False  # by a draft's link: lists that are not limited to some phones


@dataclass(frozen=True, slots=True)
class StoredList:
    """What decides about an entity list's hash and rows, without reading one of them."""

    id: int
    revision: int
    needs_approval: bool
    owner_only: bool
    rules: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file beside a form: a blob, or an entity list that is made for each caller."""

    name: str
    sha256: str
    md5: str
    size: int
    content_type: str
    entity_list: str
    stored_list: StoredList | None = None  # none: the list is generated


_ENTRY = """
SELECT f.xml_form_id, v.name, v.version, v.md5,
       EXISTS (SELECT 1 FROM form_attachment m WHERE m.form_version_id = v.id)
  FROM form f
  JOIN form_version v ON v.id = """
_LISTED = _ENTRY + "f.current_id"
_OPEN = """
 WHERE f.project_id = $1 AND f.state = 'open' AND f.deleted_at IS NULL
 ORDER BY v.name, f.xml_form_id"""
_ASSIGNED = """
  JOIN form_assignment g ON g.form_id = f.id AND g.actor_id = $2"""

_OF_APP_USER = """
SELECT u.actor_id, f.id, v.id, v.md5, g.id IS NOT NULL
  FROM app_user u
  JOIN actor a ON a.id = u.actor_id AND a.deleted_at IS NULL
  JOIN project p ON p.id = u.project_id AND p.deleted_at IS NULL
  LEFT JOIN form f ON f.project_id = p.id AND f.xml_form_id = $3 AND f.deleted_at IS NULL
  LEFT JOIN form_version v ON v.id = f.current_id
  LEFT JOIN form_assignment g ON g.form_id = f.id AND g.actor_id = u.actor_id
 WHERE u.token = $1 AND u.project_id = $2"""

_OF_PROJECT = """
SELECT f.id, v.id, v.md5
  FROM form f JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
  LEFT JOIN form_version v ON v.id = f.current_id
 WHERE f.project_id = $1 AND f.xml_form_id = $2 AND f.deleted_at IS NULL"""

_FILES = """
SELECT m.name, b.sha256, b.md5, b.size, m.content_type, m.entity_list,
       e.id, e.revision, e.approval_required, e.owner_only, e.access_rules
  FROM form_attachment m
  LEFT JOIN blob b ON b.sha256 = m.blob_id
  LEFT JOIN form_version v ON v.id = m.form_version_id AND m.entity_list <> ''
  LEFT JOIN form f ON f.id = v.form_id
  LEFT JOIN entity_list e
    ON e.project_id = f.project_id AND e.name = m.entity_list AND e.deleted_at IS NULL
 WHERE m.form_version_id = $1
   AND (m.blob_id IS NOT NULL OR e.id IS NOT NULL OR m.entity_list = $2)"""


def listed(project_id: int, actor_id: int | None) -> list[ListedForm]:
    """Open, published forms: those assigned to an enumerator, or all (without an actor)."""
    if actor_id is None:
        rows = statements.run(_LISTED + _OPEN, (project_id,))
    else:
        rows = statements.run(_LISTED + _ASSIGNED + _OPEN, (project_id, actor_id))
    return [_listed(row) for row in rows]


def listed_for_link(form_id: int) -> list[ListedForm]:
    """The one form of a public link, while it is open."""
    rows = statements.run(_LISTED + " WHERE f.id = $1 AND f.state = 'open'", (form_id,))
    return [_listed(row) for row in rows]


def as_listed(version: int) -> ListedForm:
    """A draft, as a list would name it."""
    return _listed(statements.run(_ENTRY + "f.draft_id WHERE v.id = $1", (version,))[0])


def _listed(row: statements.Row) -> ListedForm:
    form, name, version, md5, has_files = row
    return ListedForm(form, name or form, version, md5, bool(has_files))


def by_token(token: str, project_id: int, xml_form_id: str) -> BlankForm | None:
    """The form as an enumerator sees it; None = the token is not valid here."""
    rows = statements.first_of_request(_OF_APP_USER, (token, project_id, xml_form_id))
    if not rows:
        return None
    actor, form, version, md5, assigned = rows[0]
    return BlankForm(form or 0, version or 0, md5 or "", actor, bool(assigned))


def by_project(project_id: int, xml_form_id: str) -> BlankForm | None:
    """The form for somebody whose right was checked; None = there is none."""
    rows = statements.run(_OF_PROJECT, (project_id, xml_form_id))
    if not rows:
        return None
    form, version, md5 = rows[0]
    return BlankForm(form, version or 0, md5 or "", None, may_read=True)


def xform(version: int) -> bytes:
    """The published bytes."""
    return bytes(statements.run("SELECT xform FROM form_version WHERE id = $1", (version,))[0][0])


def files(version: int) -> list[FormFile]:
    """The files of a version that are there, by name."""
    rows = statements.run(_FILES + " ORDER BY m.name", (version, GENERATED_LIST))
    return [_file(row) for row in rows]


def file(version: int, name: str) -> FormFile | None:
    rows = statements.run(_FILES + " AND m.name = $3", (version, GENERATED_LIST, name))
    return _file(rows[0]) if rows else None


def _file(row: statements.Row) -> FormFile:
    name, sha256, md5, size, content_type, entity_list, list_id, *state = row
    stored = None
    if list_id is not None:
        revision, needs_approval, owner_only, rules = state
        stored = StoredList(
            list_id,
            revision,
            bool(needs_approval),
            bool(owner_only),
            tuple(statements.decoded(rules)),
        )
    return FormFile(name, sha256 or "", md5 or "", size or 0, content_type, entity_list, stored)
