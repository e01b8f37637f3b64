"""What two published runs of a round tell together: figures about the few persons in between.

Records that came, or were erased, since the run that is published already make a difference of two
published cells. Of one to `disclosure_n` - 1 persons that difference is a figure about them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surveys.results.models import Estimate, Run
from surveys.results.reading.figures import reader
from surveys.results.reading.names import Names

FLOOR: Final = 5  # the usual `disclosure_n` of a round
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Between:
    """A cell that is shown in both runs, and how many persons are in one of them alone."""

    indicator: Names
    domain: Names
    persons: int


def told_between(run: Run) -> tuple[Between, ...]:
    """Cells whose difference from the run published before tells of a few persons.

    Runs keep how many answered, not who: people who were exchanged for as many others are not seen.
    """
    earlier = (
        Run.objects.filter(round=run.round_id, published_at__isnull=False)
        .exclude(pk=run.pk)
        .order_by("-published_at")
        .first()
    )
    if earlier is None:
        return ()
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
