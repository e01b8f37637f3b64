"""The ladder (R7): the first missing step, as shares and as persons with their margin."""

from dataclasses import dataclass
from typing import Final

from surveys.results.models import Run
from surveys.results.reading.figures import RunReader, ShownFigure, reader
from surveys.results.reading.names import COMMUNE, ROUND, Names
from surveys.results.reading.population import Count, People, persons_with, populations

GAP: Final = "first_gap"
BARRIER: Final = "barrier"
PLACE: Final = "help_place"
NO_BARRIER: Final = frozenset({"nothing", "noneed", "other"})  # answers that name no obstacle
TOP: Final = 3
MISSING_STEPS: Final = ("phone", "internet", "vneid", "account")


@dataclass(frozen=True, slots=True)
class Step:
    """One rung in one area; `is_gap` for the four missing steps, False for the equipped."""

    category: str
    title: Names
    is_gap: bool
    figure: ShownFigure
    persons: Count | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of those that several people gave, with its share."""

    title: Names
    figure: ShownFigure


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One area: its steps, the barriers named most, the place of help that suits most."""

    name: Names
    domain: str
    steps: tuple[Step, ...]
    population: People
    barriers: tuple[Choice, ...]
    place: Choice | None

    @property
    def largest_gap(self) -> Step | None:
        """The missing step that most adults meet first, among those published."""
        gaps = [step for step in self.steps if step.is_gap and step.figure.is_shown]
        return max(gaps, key=lambda step: step.figure.estimate or 0.0, default=None)


@dataclass(frozen=True, slots=True)
class LadderPage:
    """Everything the page prints; `has_figures` is False without form A."""

    has_figures: bool
    base: Names
    titles: tuple[Names, ...]
    whole: LadderRow
    communes: tuple[LadderRow, ...]


def ladder_page(run: Run, found: RunReader | None = None) -> LadderPage:
    """Read the page of a run. Shares are of adults who answered themselves, weighted to all."""
    found = found or reader(run)
    known = populations(run)
    categories = found.categories(GAP)

    def row(kind: str, domain: str) -> LadderRow:
        people = known.of("18+", domain)
        steps = []
        for category, title in categories:
            figure = found.figure(GAP, kind, domain, category=category)
            is_gap = category in MISSING_STEPS
            steps.append(Step(category, title, is_gap, figure, persons_with(figure, people)))
        places = _most_named(found, PLACE, kind, domain)
        return LadderRow(
            name=found.domain_name(kind, domain),
            domain=domain,
            steps=tuple(steps),
            population=people,
            barriers=_most_named(found, BARRIER, kind, domain)[:TOP],
            place=places[0] if places else None,
        )

    return LadderPage(
        has_figures=GAP in found.definitions,
        base=found.base(GAP),
        titles=tuple(title for _, title in categories),
        whole=row(ROUND, ""),
        communes=tuple(row(COMMUNE, each) for each in found.domains(COMMUNE, GAP)),
    )


def _most_named(found: RunReader, indicator: str, kind: str, domain: str) -> tuple[Choice, ...]:
    """The published answers to a question, the most frequent first."""
    choices = [
        Choice(title, found.figure(indicator, kind, domain, category=category))
        for category, title in found.categories(indicator)
        if category not in NO_BARRIER
    ]
    shown = [choice for choice in choices if choice.figure.estimate]
    return tuple(sorted(shown, key=lambda choice: -(choice.figure.estimate or 0.0)))
