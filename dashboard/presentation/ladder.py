"""The readiness ladder: the first missing step, as shares, persons and one stacked bar."""

from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.presentation import formats
from dashboard.presentation.figures import Figures, Shown
from dashboard.presentation.people import Persons, having

GAP: Final = "first_gap"
# From the first missing step (dark) to those who need nothing (light green to dark green).
COLOURS: Final = {
    "phone": "#7c2d12",
    "internet": "#c2570c",
    "vneid": "#e9983a",
    "account": "#f5d08a",
    "equipped_not_tried": "#c4dfda",
    "no_need": "#93c5bd",
    "helped_online": "#4a9d93",
    "done_alone": "#0f6d66",
}
WIDTH: Final = 400.0


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    name: str
    colour: str
    shown: Shown
    persons: Persons | None

    @property
    def swatch(self) -> SafeString:
        return format_html(
            '<svg viewBox="0 0 14 14" aria-hidden="true"><rect width="14" height="14" rx="2" '
            'fill="{}"/></svg>',
            self.colour,
        )


@dataclass(frozen=True, slots=True)
class Ladder:
    steps: tuple[Step, ...]

    @property
    def is_shown(self) -> bool:
        return any(step.shown.is_shown for step in self.steps)

    @property
    def first(self) -> Step | None:
        """The most frequent missing step: what kind of help is needed first."""
        missing = [s for s in self.steps[:4] if s.shown.is_shown and s.shown.at > 0]
        return max(missing, key=lambda step: step.shown.at) if missing else None

    @property
    def bar(self) -> SafeString:
        """All steps side by side; the table beside it says the same in numbers."""
        parts, left = [], 0.0
        for step in self.steps:
            width = max(step.shown.at, 0.0) * WIDTH
            label = f"{step.name}: {step.shown.text}"
            parts.append((f"{left:.1f}", f"{width:.1f}", step.colour, label))
            left += width
        inside = format_html_join(
            "",
            '<rect x="{}" width="{}" height="26" fill="{}"><title>{}</title></rect>',
            parts,
        )
        return format_html(
            '<svg class="bar stack" viewBox="0 0 400 26" preserveAspectRatio="none" role="img" '
            'aria-label="{}">{}</svg>',
            "; ".join(part[3] for part in parts),
            inside,
        )


def ladder_of(figures: Figures, domain_type: str, domain: str) -> Ladder:
    categories = {
        each["id"]: formats.pick(each["vi"], each["en"])
        for each in figures.definition(GAP).get("categories", ())
    }
    steps = []
    for name, colour in COLOURS.items():
        shown = figures.get(GAP, domain_type, domain, name)
        steps.append(Step(name, categories.get(name, name), colour, shown, having(shown)))
    return Ladder(tuple(steps))
