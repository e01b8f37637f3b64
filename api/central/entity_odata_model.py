"""What OData knows of entities: their properties, for `$metadata`, `$filter` and `$orderby`."""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from django.db.models import F
from django.db.models.fields.json import KeyTextTransform

from api.central.odata_filter import Kind, Node, Operand, properties_of
from api.central.odata_filter.expressions import Moment
from api.central.odata_metadata import NAMESPACE
from api.central.odata_names import identifier

TABLE: Final = "Entities"
DELETED_AT: Final = "__system/deletedAt"
SYSTEM_TYPES: Final = {
    "createdAt": "Edm.DateTimeOffset",
    "creatorId": "Edm.String",
    "creatorName": "Edm.String",
    "updates": "Edm.Int64",
    "updatedAt": "Edm.DateTimeOffset",
    "deletedAt": "Edm.DateTimeOffset",
    "version": "Edm.Int64",
    "conflict": "Edm.String",
}


class EntityFields:
    """What a property of `Entities` is, for `$filter` and `$orderby`."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = {identifier(name): name for name in names}

    def __call__(self, path: str) -> Operand | None:
        if (system := _SYSTEM.get(path)) is not None:
            return system
        name = self._names.get(path)
        return Operand(KeyTextTransform(name, "data"), Kind.TEXT) if name is not None else None


_SYSTEM: Final[Mapping[str, Operand]] = {
    "__id": Operand(F("uuid"), Kind.TEXT, is_nullable=False),
    "label": Operand(F("label"), Kind.TEXT, is_nullable=False),
    "__system/createdAt": Operand(
        Moment(F("created_at")), Kind.MOMENT, column=F("created_at"), is_nullable=False
    ),
    "__system/updatedAt": Operand(Moment(F("updated_at")), Kind.MOMENT, column=F("updated_at")),
    DELETED_AT: Operand(Moment(F("deleted_at")), Kind.MOMENT, column=F("deleted_at")),
    # A number in the database, a text in the JSON; a filter may write either.
    "__system/creatorId": Operand(F("creator_id"), Kind.NUMBER),
    "__system/creatorName": Operand(F("creator__display_name"), Kind.TEXT),
    "__system/updates": Operand(F("version") - 1, Kind.NUMBER, is_nullable=False),
    "__system/version": Operand(F("version"), Kind.NUMBER, is_nullable=False),
    "__system/conflict": Operand(F("conflict"), Kind.TEXT),
}


def asks_for_deleted(node: Node | None) -> bool:
    """Whether a filter names the time of deletion: then deleted entities are rows too."""
    return node is not None and any(each.path == DELETED_AT for each in properties_of(node))


def metadata(name: str, names: Sequence[str]) -> str:
    """`$metadata` of a list (EDMX 4.0), as ODK Central writes it."""
    base = f"org.opendatakit.user.{identifier(name)}"
    system = [
        f'        <Property Name="{key}" Type="{kind}"/>' for key, kind in SYSTEM_TYPES.items()
    ]
    own = [f'        <Property Name="{identifier(each)}" Type="Edm.String"/>' for each in names]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">',
            "  <edmx:DataServices>",
            f'    <Schema xmlns="{NAMESPACE}" Namespace="org.opendatakit.entity">',
            '      <ComplexType Name="metadata">',
            *system,
            "      </ComplexType>",
            "    </Schema>",
            f'    <Schema xmlns="{NAMESPACE}" Namespace="{base}">',
            f'      <EntityType Name="{TABLE}">',
            '        <Key><PropertyRef Name="__id"/></Key>',
            '        <Property Name="__id" Type="Edm.String"/>',
            '        <Property Name="__system" Type="org.opendatakit.entity.metadata"/>',
            '        <Property Name="label" Type="Edm.String"/>',
            *own,
            "      </EntityType>",
            f"      <EntityContainer Name={quoteattr(identifier(name))}>",
            f'        <EntitySet Name="{TABLE}" EntityType="{base}.{TABLE}"/>',
            "      </EntityContainer>",
            "    </Schema>",
            "  </edmx:DataServices>",
            "</edmx:Edmx>",
            "",
        ]
    )
