"""What two published runs of a round tell together: figures about the few persons in between.

Records that came, or were erased, since the run that is published already make a difference of two
published cells. Of one to `disclosure_n` - 1 persons that difference is a figure about them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.results.models import Estimate, Run, RunMembers
from surveys.results.reading.figures import RunReader, reader
from surveys.results.reading.names import Names

FLOOR: Final = 5  # the usual `disclosure_n` of a round
NAMED: Final = 10
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Between:
    """A figure, and how many persons are behind it and behind none of `parts` of the other run.

    `is_now`: the figure is of the run that waits, and `parts` are of the one that is published.
    Without `parts` the same cell is meant, and persons were counted, not known.
    """

    indicator: Names
    domain: Names
    persons: int
    is_now: bool = True
    parts: tuple[Names, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The differences, and whether they are by who answered (else by how many did)."""

    told: tuple[Between, ...]
    is_by_members: bool

    @property
    def more(self) -> int:
        """How many there are beyond those that a page names."""
        return max(len(self.told) - NAMED, 0)


def told_between(run: Run) -> tuple[Between, ...]:
    """Figures whose difference from the run published before tells of a few persons."""
    return beside_published(run).told


def beside_published(run: Run) -> Beside:
    """As `told_between`, with how they were found.

    By members where the worker compared both runs person by person; else by counts, which do not
    see people who were exchanged for as many others.
    """
    earlier = published_before(run)
    if earlier is None:
        return Beside((), is_by_members=True)
    kept = RunMembers.objects.filter(run=run, compared_with=earlier).first()
    if kept is None:
        return Beside(_by_counts(run, earlier), is_by_members=False)
    found = reader(run)
    return Beside(tuple(_between(found, each) for each in kept.told), is_by_members=True)


def published_before(run: Run) -> Run | None:
    """The run of the round that was published last, this one apart."""
    return (
        Run.objects.filter(round=run.round_id, published_at__isnull=False)
        .exclude(pk=run.pk)
        .order_by("-published_at", "-pk")
        .first()
    )


def _between(found: RunReader, told: Mapping[str, Any]) -> Between:
    title = found.name(told["indicator"])
    category = dict(found.categories(told["indicator"])).get(told["category"])
    if category is not None:
        title = Names(f"{title.vi}: {category.vi}", f"{title.en}: {category.en}")
    return Between(
        indicator=title,
        domain=_cell(found, told["whole"]),
        persons=int(told["persons"]),
        is_now=bool(told["is_whole_now"]),
        parts=tuple(_cell(found, each) for each in told["parts"]),
    )


def _cell(found: RunReader, key: str) -> Names:
    """A cell by its key `kind|domain+domain`."""
    kind, _, domains = key.partition("|")
    names = [found.domain_name(kind, each) for each in domains.split("+")]
    return Names(" + ".join(each.vi for each in names), " + ".join(each.en for each in names))


def _by_counts(run: Run, earlier: Run) -> tuple[Between, ...]:
    floor = int(run.round.publication_rule.get("disclosure_n", FLOOR))
    before, now = _shown(earlier), _shown(run)
    found = reader(run)
    return tuple(
        Between(found.name(key[1]), found.domain_name(key[3], key[4]), abs(n - before[key]))
        for key, n in sorted(now.items())
        if key in before and 0 < abs(n - before[key]) < floor
    )


def _shown(run: Run) -> Mapping[Key, int]:
    """Persons behind each figure that people see; a grouped one is no figure of its commune."""
    rows = run.estimates.filter(method=Estimate.Method.DIRECT).exclude(
        publication=Estimate.Publication.NONE
    )
    fields = ("method", "indicator", "category", "domain_type", "domain", "n")
    return {(a, b, c, d, e): n for a, b, c, d, e, n in rows.values_list(*fields)}
