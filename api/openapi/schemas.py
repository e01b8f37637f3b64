"""JSON Schema of examples and of serializers."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

Schema = dict[str, Any]
_TYPES: Final[tuple[tuple[type, Schema], ...]] = (
    (serializers.BooleanField, {"type": "boolean"}),
    (serializers.IntegerField, {"type": "integer"}),
    (serializers.FloatField, {"type": "number"}),
    (serializers.DecimalField, {"type": "string", "format": "decimal"}),
    (serializers.DateTimeField, {"type": "string", "format": "date-time"}),
    (serializers.DateField, {"type": "string", "format": "date"}),
    (serializers.PrimaryKeyRelatedField, {"type": "integer"}),
    (serializers.DictField, {"type": "object"}),
    (serializers.JSONField, {}),
    (serializers.SerializerMethodField, {}),
)

# A boolean is an integer to Python, so it stands first.
_PLAIN: Final[tuple[tuple[type, Schema], ...]] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (str, {"type": "string"}),
)


def of_example(value: Any) -> Schema:
    """The schema that an example follows; null says nothing about a type."""
    if isinstance(value, Mapping):
        return {
            "type": "object",
            "properties": {str(name): of_example(each) for name, each in value.items()},
        }
    if isinstance(value, list | tuple):
        return {"type": "array", "items": of_example(value[0]) if value else {}}
    return next((dict(said) for kind, said in _PLAIN if isinstance(value, kind)), {})


def of_serializer(shape: type[serializers.BaseSerializer[Any]], *, is_body: bool = False) -> Schema:
    """The schema of a serializer; as a body only what may be written, and what must be."""
    fields: Mapping[str, Any] = shape().fields  # type: ignore[attr-defined] # all of ours have fields
    shown = {name: each for name, each in fields.items() if not (is_body and each.read_only)}
    schema: Schema = {
        "type": "object",
        "properties": {name: _field(each, is_body=is_body) for name, each in shown.items()},
    }
    required = [name for name, each in shown.items() if each.required]
    if is_body and required:
        schema["required"] = required
    return schema


def _field(each: Any, *, is_body: bool) -> Schema:
    if isinstance(each, serializers.ListSerializer):
        row: Any = each.child
        return {"type": "array", "items": of_serializer(type(row), is_body=is_body)}
    if isinstance(each, serializers.BaseSerializer):
        return of_serializer(type(each), is_body=is_body)
    schema: Schema
    if isinstance(each, serializers.ListField):
        schema = {"type": "array", "items": _field(each.child, is_body=is_body)}
    elif isinstance(each, serializers.ChoiceField):
        schema = {"type": "string", "enum": list(each.choices)}
    else:
        schema = dict(next((said for kind, said in _TYPES if isinstance(each, kind)), _TEXT))
    if each.help_text:
        schema["description"] = str(each.help_text)
    if each.allow_null and "type" in schema:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema


_TEXT: Final[Schema] = {"type": "string"}
