"""The facts of a round, and what has to hold of them before the round is made."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from surveys.collection.refusal import Refused
from surveys.fieldwork.models import Round


class RoundRefused(Refused):
    """400.32 facts, 400.13 unfilled places, 409.9 the name, 409.11 to 409.13 its state."""


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """What stands on every output of a round and in the texts of its forms."""

    name_vi: str
    name_en: str
    sponsor: str
    decision_number: str
    field_agency: str
    controller: str
    contact_line: str
    retention_date: date
    frame_date: date
    starts_on: date
    ends_on: date
    complaint_office: str = ""
    centre_name: str = ""
    benchmark_definition: str = ""
    is_synthetic: bool = False
    seed: int | None = None  # none: drawn here, and stored
    recipe: dict[str, Any] = field(default_factory=dict)
    publication_rule: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Required:
    name: str
    vi: str
    en: str


_REQUIRED: Final = (
    _Required("name_vi", "tên đợt (tiếng Việt)", "name (Vietnamese)"),
    _Required("name_en", "tên đợt (tiếng Anh)", "name (English)"),
    _Required("sponsor", "cơ quan chủ trì", "sponsor"),
    _Required("decision_number", "số quyết định", "decision number"),
    _Required("field_agency", "đơn vị điều tra", "field agency"),
    _Required("controller", "bên kiểm soát dữ liệu cá nhân", "data controller"),
    _Required("contact_line", "điện thoại liên hệ", "contact line"),
)


def check_facts(facts: RoundFacts) -> None:
    """Raise `RoundRefused` naming everything that is missing or cannot be."""
    missing = [each for each in _REQUIRED if not getattr(facts, each.name).strip()]
    problems_vi = [f"thiếu {each.vi}." for each in missing]
    problems_en = [f"{each.en} is missing." for each in missing]
    if facts.ends_on < facts.starts_on:
        problems_vi.append("ngày kết thúc phải từ ngày bắt đầu trở đi.")
        problems_en.append("the last day must not lie before the first.")
    if facts.retention_date <= facts.ends_on:
        problems_vi.append("ngày xoá dữ liệu cá nhân phải sau ngày kết thúc.")
        problems_en.append("personal data must be kept beyond the last day.")
    if facts.frame_date > facts.starts_on:
        problems_vi.append("ngày của dàn mẫu không được sau ngày bắt đầu.")
        problems_en.append("the frame's date must not lie after the first day.")
    if facts.benchmark_definition not in ("", *Round.Definition.values):
        problems_vi.append("dân số đối chiếu là registered hoặc usual_resident.")
        problems_en.append("the benchmark definition is registered or usual_resident.")
    for each in _too_long(facts):
        problems_vi.append(f"{each} quá dài, rút ngắn lại.")
        problems_en.append(f"{each} is too long, shorten it.")
    if problems_vi:
        raise RoundRefused(400.32, reason_vi=" ".join(problems_vi), reason_en=" ".join(problems_en))


def _too_long(facts: RoundFacts) -> list[str]:
    limits = {each.name: each.max_length for each in Round._meta.concrete_fields}
    return [
        name
        for name, limit in limits.items()
        if limit is not None and len(str(getattr(facts, name, ""))) > limit
    ]
