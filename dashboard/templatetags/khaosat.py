"""Filters and tags of the pages. They format; what they format was decided elsewhere."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString

from dashboard.presentation import audit_details, formats, history, icons
from dashboard.presentation.audit_details import Detail
from surveys.collection.models import AuditEvent

register = template.Library()


@register.filter
def number(value: float | int | None, decimals: int = 0) -> str:
    return formats.number(value, decimals)


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    return formats.percent(share, decimals)


@register.filter
def day(value: date | datetime | None) -> str:
    return formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value)


@register.filter
def filesize(count: int | None) -> str:
    return formats.size(count)


@register.filter
def local_name(item: Any, stem: str = "name") -> str:
    """`name_vi` or `name_en` of a thing (or `…_vi` of another stem)."""
    if isinstance(item, dict):
        return formats.pick(item.get(f"{stem}_vi") or "", item.get(f"{stem}_en") or "")
    return formats.pick(getattr(item, f"{stem}_vi"), getattr(item, f"{stem}_en"))


@register.filter
def local_text(pair: dict[str, str]) -> str:
    """The text of {"vi": …, "en": …}."""
    return formats.pick(pair.get("vi", ""), pair.get("en", ""))


@register.filter
def local_pair(item: Any) -> str:
    """`vi` or `en` of a thing."""
    return formats.pick(item.vi, item.en)


@register.simple_tag
def icon(name: str) -> SafeString:
    return icons.svg(name)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The query string of this page with some of its parameters changed; empty ones go."""
    parameters = {key: value for key, value in context["request"].GET.items() if value}
    parameters.update(changes)
    return urlencode({key: value for key, value in parameters.items() if value not in (None, "")})


@register.filter
def as_sentence(event: AuditEvent) -> str:
    """What an event of the history says."""
    return history.sentence(event)


@register.filter
def details(event: AuditEvent) -> list[Detail]:
    """What an event of the audit log names, in words."""
    return audit_details.of_event(event.details)
