"""Rules for strata in which a single PSU was drawn."""

from __future__ import annotations

from enum import StrEnum

from analysis.errors import DesignError


class LonelyPsu(StrEnum):
    """What to do with a stratum of which one PSU was drawn (and more exist).

    Nobody can see how PSUs of such a stratum differ. `fail` says so and stops. `collapse` treats
    the stratum and its neighbour of nearest size as one, which errs on the wide side: the default
    for publication. `adjust` takes the distance to the mean of all PSUs, `average` gives the
    stratum the mean variance of the others; `remove` and `certainty` claim that it adds nothing.
    Example: one village of 12 drawn in a small town. `certainty` would print an interval as if
    all 12 had been asked; `collapse` prints one that includes the doubt.
    """

    FAIL = "fail"
    REMOVE = "remove"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"
    COLLAPSE = "collapse"


def rule_of(lonely_psu: LonelyPsu | str) -> LonelyPsu:
    """The rule of a name; an unknown one is an error that lists the known ones."""
    try:
        return LonelyPsu(lonely_psu)
    except ValueError:
        allowed = ", ".join(LonelyPsu)
        raise DesignError(f"lonely_psu={lonely_psu!r} is none of: {allowed}") from None
