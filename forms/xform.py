"""Reading an XForm: the model, its binds and texts, and the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from forms.schema import (
    EntityBlock,
    Field,
    FormSchema,
    Group,
    NotAnXForm,
    SubmissionProfile,
    Table,
)
from forms.xform_body import Body, Said
from forms.xform_media import media_of
from forms.xform_paths import resolve, table_names, walk
from forms.xform_texts import Texts
from forms.xmlsafe import XmlRefused, local_name, parse

ENTITIES: Final = "{http://www.opendatakit.org/xforms/entities}"
OPENROSA: Final = "{http://openrosa.org/xforms}"
# Workbooks: `namespaces` = khaosat="urn:khaosat:xforms" in settings, then the survey column
# `bind::khaosat:privacy`. Collect and Validate pass over attributes of foreign namespaces.
PRIVACY: Final = "{urn:khaosat:xforms}privacy"


def schema_of(xform: bytes) -> FormSchema:
    """Read a `FormSchema` out of the bytes of an XForm; see `forms.schema.read_schema`."""
    if not xform.strip():
        raise NotAnXForm(
            "Tệp trống. Hãy chọn tệp biểu mẫu.", "It is empty. Choose the form's file."
        )
    try:
        root = parse(xform, huge=True)
    except XmlRefused as refused:
        if refused.is_doctype:
            raise NotAnXForm(
                "Biểu mẫu có khai báo DOCTYPE. Xoá dòng đó rồi tải lên lại.",
                "The form holds a DOCTYPE. Remove it and upload again.",
            ) from refused
        raise NotAnXForm(
            f"Tệp không phải XML hợp lệ: {refused.reason}",
            f"The file is not well-formed XML: {refused.reason}",
        ) from refused
    model = next(root.iter("{*}model"), None)
    if model is None:
        raise NotAnXForm(
            "Tệp XML này không có <model>: không phải XForm.",
            "This XML has no <model>: it is not an XForm.",
        )
    try:
        return _Reader(root, model).schema()
    except RecursionError as error:
        raise NotAnXForm("Biểu mẫu lồng nhau quá sâu.", "The form is nested too deeply.") from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: a path, and the table it belongs to."""

    path: str
    table: str
    table_path: str


class _Reader:
    """One pass over one form."""

    def __init__(self, root: etree._Element, model: etree._Element) -> None:
        self.root = root
        self.model = model
        self.texts = Texts(model)
        self.instances = {
            each.get("id", ""): each
            for each in model.iterfind("{*}instance")
            if each is not model.find("{*}instance")
        }
        self.primary = _primary(model)
        self.form_id = (self.primary.get("id") or self.primary.get("xmlns") or "").strip()
        if not self.form_id:
            # Forms of 2010 name themselves by the namespace of the instance.
            self.form_id = etree.QName(self.primary).namespace or ""
        if not self.form_id or self.form_id == "http://www.w3.org/2002/xforms":
            raise NotAnXForm(
                "Biểu mẫu chưa có mã (thuộc tính id của phần dữ liệu).",
                "The form has no id (attribute 'id' on the instance root).",
            )
        self.binds = {
            resolve(bind.get("nodeset") or bind.get("ref") or "", self._root_path()): bind
            for bind in model.iterfind("{*}bind")
        }
        by_bind = {bind.get("id") or "": path for path, bind in self.binds.items()}
        self.body = Body(self.texts, self.instances, by_bind)
        self.order = 0
        self.fields: list[Field] = []
        self.groups: list[Group] = []
        self.tables: list[Table] = []
        self.entities: list[EntityBlock] = []

    def schema(self) -> FormSchema:
        body = next((each for each in self.root if local_name(each) == "body"), None)
        if body is not None:
            self.body.read(body, self._root_path())
        place = self._document_order()
        names = table_names(sorted(self.body.repeats, key=place.__getitem__))
        self._walk(self.primary, _Place(self._root_path(), "", self._root_path()), names)
        title = next(self.root.iter("{*}title"), None)
        submission = self.model.find("{*}submission")
        return FormSchema(
            form_id=self.form_id,
            version=self.primary.get("version") or self.primary.get(f"{OPENROSA}version") or "",
            title=(title.text or "").strip() if title is not None and title.text else self.form_id,
            default_language=self.texts.default,
            languages=tuple(dict.fromkeys(self.texts.languages)),
            fields=tuple(self.fields),
            tables=tuple(self.tables),
            groups=tuple(self.groups),
            entities=tuple(self.entities),
            entities_version=self.model.get(f"{ENTITIES}entities-version") or "",
            media=media_of(self.root, self.model, self.primary),
            submission=_profile(submission),
            root=local_name(self.primary),
        )

    def _root_path(self) -> str:
        return "/" + local_name(self.primary)

    def _document_order(self) -> dict[str, int]:
        order = dict.fromkeys(self.body.repeats, 1_000_000)  # where no instance node answers one
        for place, (path, _) in enumerate(walk(self.primary, self._root_path())):
            if path in self.body.repeats:
                order[path] = min(order[path], place)
        return order

    def _walk(self, element: etree._Element, place: _Place, names: Mapping[str, str]) -> None:
        """Note what the element at a place is, then what lies below it."""
        path, table = place.path, place.table
        said = self.body.said.get(path, Said())
        order, self.order = self.order, self.order + 1
        children = [child for child in element if isinstance(child.tag, str)]
        if path == self._root_path():
            self.tables.append(Table("", path, None, order))
        elif path in names:
            self.tables.append(Table(names[path], path, table, order, said.labels))
            place = _Place(path, names[path], path)
        elif local_name(element) == "entity" and element.get("dataset"):
            self.entities.append(_entity(element, place))
            return
        elif children or self._is_empty_group(path):
            self.groups.append(Group(path, local_name(element), table, order, said.labels))
        else:
            self.fields.append(self._field(element, place, order, said))
            return
        seen: set[str] = set()
        for child in children:
            name = local_name(child)
            if name not in seen:  # a template and the first row of a repeat are one table
                seen.add(name)
                self._walk(child, replace(place, path=f"{path}/{name}"), names)

    def _is_empty_group(self, path: str) -> bool:
        """A group without nodes below it; one that is calculated holds a value and is a field."""
        said, bind = self.body.said.get(path), self.binds.get(path)
        is_group = said is not None and not said.control
        return is_group and (bind is None or bind.get("calculate") is None)

    def _field(self, element: etree._Element, place: _Place, order: int, said: Said) -> Field:
        element_of_bind = self.binds.get(place.path)
        attributes = element_of_bind.attrib.items() if element_of_bind is not None else ()
        bind = {str(name): str(value) for name, value in attributes}
        declared = bind.get("type", "")
        kind = declared if declared.startswith("odk:") else declared.rpartition(":")[2]
        return Field(
            path=place.path,
            name=local_name(element),
            table=place.table,
            type=kind or ("binary" if said.control == "upload" else "string"),
            order=order,
            column=place.path[len(place.table_path) + 1 :],
            control=said.control,
            is_select_multiple=said.control == "select" or kind == "select",
            is_binary=kind == "binary" or said.control == "upload",
            is_note=_is_note(said, bind),
            choices=said.choices,
            labels=said.labels,
            hint=said.hint,
            saveto=bind.get(f"{ENTITIES}saveto", ""),
            privacy=self._privacy(place.path),
        )

    def _privacy(self, path: str) -> str:
        """The class of the question, or of the innermost group around it that has one."""
        while path:
            bind = self.binds.get(path)
            if bind is not None and (said := bind.get(PRIVACY, "").strip()):
                return said.lower() if said.lower() == "none" else said.upper()
            path = path.rpartition("/")[0]
        return ""


def _is_note(said: Said, bind: Mapping[str, str]) -> bool:
    """A text that is only shown: an input that nobody and nothing can fill."""
    is_read_only = bind.get("readonly", "").strip() == "true()"
    return said.control == "input" and is_read_only and "calculate" not in bind


def _primary(model: etree._Element) -> etree._Element:
    instance = model.find("{*}instance")
    first = (
        next((c for c in instance if isinstance(c.tag, str)), None)
        if instance is not None
        else None
    )
    if first is None:
        raise NotAnXForm(
            "Biểu mẫu không có phần dữ liệu (<instance>).", "The form has no primary <instance>."
        )
    return first


def _profile(submission: etree._Element | None) -> SubmissionProfile:
    if submission is None:
        return SubmissionProfile()
    return SubmissionProfile(
        base64_rsa_public_key="".join((submission.get("base64RsaPublicKey") or "").split()),
        action=submission.get("action") or "",
        auto_send=submission.get(f"{OPENROSA}auto-send") or "",
        auto_delete=submission.get(f"{OPENROSA}auto-delete") or "",
    )


def _entity(element: etree._Element, place: _Place) -> EntityBlock:
    return EntityBlock(
        dataset=element.get("dataset") or "",
        path=place.path,
        table=place.table,
        creates=element.get("create") is not None,
        updates=element.get("update") is not None,
    )
