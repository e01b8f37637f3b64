"""The villages of a plan, and what its guesses are worth, as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy

from dashboard.presentation.formats import number, percent, pick
from dashboard.presentation.outreach import people, work
from surveys.results.models import OutreachPlan
from surveys.results.outreach_xlsx import rounded
from surveys.results.reading.population import STEP


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village of the plan in the order of visits."""

    place: int
    name: str
    days: int
    work: str
    need: str
    reach: str
    requests: str


@dataclass(frozen=True, slots=True)
class VisitedCommune:
    """A commune of the plan with its villages; `unlisted` is how many nobody has named."""

    code: str
    name: str
    days: int
    reach: str
    own: str
    villages: tuple[VillageLine, ...]
    unlisted: int


def visited(plan: OutreachPlan) -> list[VisitedCommune]:
    """The communes that the plan visits, most days first, each with its villages in order."""
    visits = plan.result.get("visits", [])
    found = []
    for row in sorted(plan.result["areas"], key=lambda each: -sum(each["days"])):
        days = sum(row["days"])
        if not days:
            continue
        here = [each for each in visits if each["area"] == row["area"]]
        found.append(
            VisitedCommune(
                code=row["area"],
                name=pick(row["vi"], row["en"]),
                days=days,
                reach=people(row["reach"]),
                own=number(rounded(sum(each["reach"]["value"] for each in here))),
                villages=tuple(_village(n, each) for n, each in enumerate(here, 1)),
                unlisted=row.get("villages_unlisted", 0),
            )
        )
    return found


def _village(place: int, row: Mapping[str, Any]) -> VillageLine:
    return VillageLine(
        place=place,
        name=row["name"],
        days=sum(row["days"]),
        work=work(row["days"]),
        need=people(row["need"], step=STEP),
        reach=people(row["reach"]),
        requests=row["requests"],
    )


@dataclass(frozen=True, slots=True)
class Guess:
    """The plan if one of the planner's own numbers is a quarter off."""

    name: Any
    change: str
    same: str
    best: str
    lost: str
    moved: int


GUESSES: Final[Mapping[str, Any]] = {
    "helped": gettext_lazy("Số người giúp được mỗi ngày"),
    "comes": gettext_lazy("Số người sẽ đến"),
}


def guesses(plan: OutreachPlan) -> list[Guess]:
    """What the guesses of the scenario are worth; [] of plans that were made before it was told."""
    return [
        Guess(
            name=GUESSES[each["guess"]],
            change=f"{'+' if each['factor'] > 1 else '−'}{percent(abs(each['factor'] - 1), 0)}",
            same=number(rounded(each["same"])),
            best=number(rounded(each["best"])),
            lost=number(rounded(each["best"] - each["same"])),
            moved=each["moved"],
        )
        for each in plan.result.get("what_ifs", [])
    ]
