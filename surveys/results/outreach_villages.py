"""The villages of a round's communes: how many adults each holds, and what that rests on.

No village has a figure of its own. It carries the share of its commune, with an interval that also
holds how far villages lie from their commune, as the sample of the run saw it. No pandas here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from surveys.fieldwork import help_wishes
from surveys.fieldwork.models import SampledVillage
from surveys.fieldwork.round_places import communes_of_villages
from surveys.results.models import Run
from surveys.results.outreach_needs import KINDS, Need
from surveys.results.reading.population import STEP, Count
from surveys.results.reading.readiness import EQUIPPED
from surveys.territory.models import Level, Village

Z: Final = 1.96
FEW: Final = 5  # wishes below this number are said as "fewer than"


@dataclass(frozen=True, slots=True)
class KnownVillage:
    """A village with its households (frame of the sample, or the list of villages)."""

    id: str
    name: str
    households: int
    adults: float
    requests: int

    @property
    def requests_said(self) -> str:
        """Small numbers are not told: pages of plans are read by more than the helpers."""
        if not self.requests:
            return ""
        return f"< {FEW}" if self.requests < FEW else str(self.requests)


@dataclass(frozen=True, slots=True)
class CommuneVillages:
    """What is known of a commune's villages; `listed` of `all_` of them (None: nobody knows)."""

    villages: tuple[KnownVillage, ...]
    all_: int | None

    @property
    def listed(self) -> int:
        return len(self.villages)

    @property
    def unlisted(self) -> int:
        return max((self.all_ or 0) - self.listed, 0)


@dataclass(frozen=True, slots=True)
class VillageNeed:
    """Adults not equipped in a village: the commune's share, the village's own adults.

    `by_kind` are adults by first gap, split as in the commune, in the order of KINDS.
    """

    village: KnownVillage
    persons: Count
    by_kind: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sizes:
    names: Mapping[str, str]
    households: Mapping[str, int]
    commune: Mapping[str, str]


def villages_of(run: Run, needs: Sequence[Need]) -> dict[str, CommuneVillages]:
    """By commune, largest first.

    Adults of a village are its households times the adults of a household: those of its commune
    where all villages of it are listed, else those of the round (population over the households
    that the frame tells of, Σ M/π). They never add up to more than the commune has.
    """
    sampled = list(SampledVillage.objects.filter(round=run.round).select_related("village"))
    places = {key: unit.code for key, unit in communes_of_villages(run.round).items()}
    sizes = _sizes(sampled, places, {need.code for need in needs})
    waiting = help_wishes.open_by_village(run.round)
    all_ = _all_villages(sampled, places)
    of_round = _adults_a_household(sampled, needs, places)
    found: dict[str, CommuneVillages] = {}
    for need in needs:
        here = [key for key, code in sizes.commune.items() if code == need.code]
        total = sum(sizes.households[key] for key in here)
        people = need.population.count
        is_whole = all_.get(need.code) is not None and len(here) >= (all_[need.code] or 0)
        rate = people / total if people and total and is_whole else of_round
        if people and rate * total > people:
            rate = people / total
        villages = [
            KnownVillage(
                key,
                sizes.names[key],
                sizes.households[key],
                rate * sizes.households[key],
                waiting.get(key, 0),
            )
            for key in here
        ]
        villages.sort(key=lambda each: (-each.households, each.name))
        found[need.code] = CommuneVillages(tuple(villages), all_.get(need.code))
    return found


def spread_of(run: Run) -> float | None:
    """The standard deviation between villages of a commune; None: the run has not measured it."""
    told = run.report.get("between_villages", {}).get(EQUIPPED)
    return float(told["spread"]) if told else None


def village_needs(
    need: Need, villages: CommuneVillages, spread: float | None
) -> tuple[VillageNeed, ...]:
    """Adults not equipped by village: share ± 1.96 √(se² + spread²), kept within 0..1."""
    if not need.is_known or need.share is None or need.parts is None:
        return ()
    half = Z * sqrt((need.se or 0.0) ** 2 + (spread or 0.0) ** 2)
    shares = (need.share, max(need.share - half, 0.0), min(need.share + half, 1.0))
    return tuple(
        VillageNeed(
            each,
            Count(*(_rounded(share * each.adults) for share in shares)),
            tuple(_rounded(need.parts[kind] * each.adults) for kind in KINDS),
        )
        for each in villages.villages
    )


def _rounded(persons: float) -> int:
    return round(persons / STEP) * STEP


def _sizes(
    sampled: Iterable[SampledVillage], places: Mapping[str, str], codes: Collection[str]
) -> _Sizes:
    """The frame of the round, over it what the list of villages says."""
    names = {each.village_id: each.village.name for each in sampled}
    households = {each.village_id: each.mos_hh for each in sampled}
    commune = {key: places[key] for key in names if places[key] in codes}
    listed = Village.objects.filter(
        unit__code__in=codes,
        unit__level=Level.COMMUNE,
        unit__valid_to=None,
        valid_to=None,
        households__gt=0,
    )
    for key, name, code, count in listed.values_list("pk", "name", "unit__code", "households"):
        names[key], households[key], commune[key] = name, count or 0, code
    return _Sizes(names, households, commune)


def _all_villages(
    sampled: Iterable[SampledVillage], places: Mapping[str, str]
) -> dict[str, int | None]:
    """How many villages each commune has by the strata of the frame; None where a stratum reaches
    over several communes.
    """
    totals: dict[str, int] = {}
    inside: dict[str, set[str]] = defaultdict(set)
    for each in sampled:
        totals[each.stratum] = each.stratum_psus_total
        inside[each.stratum].add(places[each.village_id])
    found: dict[str, int | None] = {}
    for stratum, communes in inside.items():
        for code in communes:
            before: int | None = found.get(code, 0)
            is_shared = len(communes) > 1 or before is None
            found[code] = None if is_shared else (before or 0) + totals[stratum]
    return found


def _adults_a_household(
    sampled: Iterable[SampledVillage], needs: Iterable[Need], places: Mapping[str, str]
) -> float:
    """Adults over estimated households, in the communes whose population is known."""
    people = {need.code: need.population.count for need in needs if need.population.count}
    households = sum(
        each.mos_hh / each.pi_psu for each in sampled if places[each.village_id] in people
    )
    return sum(people.values()) / households if households else 0.0
