"""Service document and `$metadata` (EDMX 4.0), as ODK Central writes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from api.central.odata_names import identifier, parent_key, set_name
from api.central.odata_rows import SYSTEM
from surveys.collection.models import Submission
from surveys.collection.readout import Column, Status, Table

TYPES: Final = {
    "int": "Edm.Int64",
    "integer": "Edm.Int64",
    "long": "Edm.Int64",
    "decimal": "Edm.Decimal",
    "double": "Edm.Decimal",
    "boolean": "Edm.Boolean",
    "geopoint": "Edm.GeographyPoint",
    "geotrace": "Edm.GeographyLineString",
    "geoshape": "Edm.GeographyPolygon",
    "date": "Edm.Date",
    "dateTime": "Edm.DateTimeOffset",
}
SYSTEM_TYPES: Final = {
    "submissionDate": "Edm.DateTimeOffset",
    "updatedAt": "Edm.DateTimeOffset",
    "deletedAt": "Edm.DateTimeOffset",
    "attachmentsPresent": "Edm.Int64",
    "attachmentsExpected": "Edm.Int64",
    "status": "org.opendatakit.submission.Status",
    "reviewState": "org.opendatakit.submission.ReviewState",
    "edits": "Edm.Int64",
}
NAMESPACE: Final = "http://docs.oasis-open.org/odata/ns/edm"
CAPABILITIES: Final = "Org.OData.Capabilities.V1"


def service_document(layout: Sequence[Table], service: str) -> dict[str, Any]:
    """The tables of a form."""
    names = [set_name(each) for each in layout]
    return {
        "@odata.context": f"{service}/$metadata",
        "value": [{"name": name, "kind": "EntitySet", "url": name} for name in names],
    }


def metadata(form_id: str, layout: Sequence[Table]) -> str:
    """The types of a form's tables: repeats are entities, groups are complex types."""
    base = f"org.opendatakit.user.{identifier(form_id)}"
    types = [line for table in layout for line in _entity_type(table, layout, base)]
    groups = [line for table in layout for line in _complex_types(table, layout, base)]
    sets = [line for table in layout for line in _entity_set(table, base)]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">',
            "  <edmx:DataServices>",
            f'    <Schema xmlns="{NAMESPACE}" Namespace="org.opendatakit.submission">',
            '      <ComplexType Name="metadata">',
            *(
                f'        <Property Name="{name}" Type="{SYSTEM_TYPES.get(name, "Edm.String")}"/>'
                for name in SYSTEM
            ),
            "      </ComplexType>",
            *_enumeration("Status", Status),
            *_enumeration("ReviewState", Submission.Review.values),
            "    </Schema>",
            f'    <Schema xmlns="{NAMESPACE}" Namespace="{base}">',
            *types,
            *groups,
            f"      <EntityContainer Name={quoteattr(identifier(form_id))}>",
            *sets,
            "      </EntityContainer>",
            "    </Schema>",
            "  </edmx:DataServices>",
            "</edmx:Edmx>",
            "",
        ]
    )


def error_document(code: float, message: str) -> str:
    """A refusal where XML was asked for."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<error code="{code}">\n  <message>{escape(message)}</message>\n'
        "  <details></details>\n</error>"
    )


def _enumeration(name: str, members: Iterable[str]) -> list[str]:
    lines = [f'        <Member Name="{member}"/>' for member in members]
    return [f'      <EnumType Name="{name}">', *lines, "      </EnumType>"]


def _entity_type(table: Table, layout: Sequence[Table], base: str) -> list[str]:
    lines = [
        f'      <EntityType Name="{set_name(table)}">',
        '        <Key><PropertyRef Name="__id"/></Key>',
        _property("__id", "Edm.String"),
    ]
    if table.is_root:
        lines.append(_property("__system", "org.opendatakit.submission.metadata"))
    else:
        lines.append(_property(parent_key(table, layout), "Edm.String"))
    return [*lines, *_members(table, (), layout, base), "      </EntityType>"]


def _complex_types(table: Table, layout: Sequence[Table], base: str) -> list[str]:
    lines: list[str] = []
    for group in _groups(table, layout):
        lines.append(f'      <ComplexType Name="{_dotted(table, group)}">')
        lines += _members(table, group, layout, base)
        lines.append("      </ComplexType>")
    return lines


def _groups(table: Table, layout: Sequence[Table]) -> list[tuple[str, ...]]:
    """Paths of the groups of a table, each before what lies in it."""
    found: dict[tuple[str, ...], None] = {}
    for steps in [*(each.steps for each in table.columns), *_below(table, layout)]:
        for cut in range(1, len(steps)):
            found.setdefault(steps[:cut])
    return list(found)


def _below(table: Table, layout: Sequence[Table]) -> list[tuple[str, ...]]:
    return [each.own_steps for each in layout if each.parent == table.name and not each.is_root]


def _members(table: Table, group: tuple[str, ...], layout: Sequence[Table], base: str) -> list[str]:
    """Properties that stand directly in a group of a table (() = the table itself)."""
    depth = len(group)
    lines = [
        _property(identifier(each.steps[-1]), _type(each))
        for each in table.columns
        if each.steps[:-1] == group
    ]
    lines += [
        _property(identifier(each[-1]), f"{base}.{_dotted(table, each)}")
        for each in _groups(table, layout)
        if each[:-1] == group and len(each) == depth + 1
    ]
    for each in layout:
        if each.parent == table.name and not each.is_root and each.own_steps[:-1] == group:
            name, kind = identifier(each.steps[-1]), f"Collection({base}.{set_name(each)})"
            lines.append(f'        <NavigationProperty Name="{name}" Type="{kind}"/>')
    return lines


def _property(name: str, kind: str) -> str:
    return f'        <Property Name="{name}" Type="{kind}"/>'


def _dotted(table: Table, group: tuple[str, ...]) -> str:
    return ".".join(map(identifier, [*table.steps, *group]))


def _type(column: Column) -> str:
    is_coded = column.field.choices is not None or column.field.is_select_multiple
    return "Edm.String" if is_coded else TYPES.get(column.field.type, "Edm.String")


def _entity_set(table: Table, base: str) -> list[str]:
    name = set_name(table)
    head = f'        <EntitySet Name="{name}" EntityType="{base}.{name}">'
    if not table.is_root:
        return [head, "        </EntitySet>"]
    level = f"{CAPABILITIES}.ConformanceLevel"
    return [
        head,
        f'          <Annotation Term="{level}" EnumMember="{level}Type/Minimal"/>',
        f'          <Annotation Term="{CAPABILITIES}.BatchSupported" Bool="false"/>',
        *_restrictions("CountRestrictions", ("Countable", True)),
        *_restrictions("FilterRestrictions", ("Filterable", True), ("RequiresFilter", False)),
        *_restrictions("SortRestrictions", ("Sortable", True)),
        *_restrictions("ExpandRestrictions", ("Expandable", True)),
        "        </EntitySet>",
    ]


def _restrictions(term: str, *values: tuple[str, bool]) -> list[str]:
    said = "".join(
        f'<PropertyValue Property="{name}" Bool="{str(value).lower()}"/>' for name, value in values
    )
    return [
        f'          <Annotation Term="{CAPABILITIES}.{term}">',
        f"            <Record>{said}</Record>",
        "          </Annotation>",
    ]
