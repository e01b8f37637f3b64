"""The synthetic population: villages, households, and everybody's digital readiness.

Answers hang together as they do in life: a village, a household and a person effect, age and sex,
and each step of the ladder (phone, Internet, VNeID, account) depends on the one before.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys.results.demo import readiness, satisfaction
from surveys.results.demo.draws import Codes, Random, Whole
from surveys.results.demo.places import COMMUNES, Commune

SURVEY_YEAR = 2026
VILLAGE_SD = 0.40
HOUSEHOLD_SD = 0.45
MEAN_HOUSEHOLDS = 105.0


@dataclass(frozen=True, slots=True)
class World:
    """Everybody. `persons.hh` and `households.village` are row numbers of the other frames."""

    villages: pd.DataFrame
    households: pd.DataFrame
    persons: pd.DataFrame


def build(seed: int, communes: tuple[Commune, ...] = COMMUNES) -> World:
    """The whole population of the communes; the same seed gives the same people."""
    random = np.random.default_rng(seed)
    villages = _villages(communes, random)
    households = _households(villages, random)
    persons = _persons(households, random)
    persons = readiness.answers(persons, random)
    persons = satisfaction.answers(persons, random)
    return World(villages, readiness.household_answers(households, persons, random), persons)


def _villages(communes: tuple[Commune, ...], random: Random) -> pd.DataFrame:
    rows = []
    for commune in communes:
        number = 0
        for legacy in commune.legacy:
            for place in range(1, legacy.n_villages + 1):
                number += 1
                kind = "Khu phố" if legacy.is_urban else "Thôn"
                rows.append(
                    {
                        "psu": f"{commune.code}-{number:02d}",
                        "name": f"{kind} {place}, {legacy.name}",
                        "commune_code": commune.code,
                        "legacy": legacy.name,
                        "urban_rural": "urban" if legacy.is_urban else "rural",
                        "stratum": f"{commune.code}{'U' if legacy.is_urban else 'R'}",
                        "lat": commune.lat + random.normal(0, 0.02),
                        "lon": commune.lon + random.normal(0, 0.02),
                        "effect": commune.effect + 0.35 * legacy.is_urban,
                        "service": commune.service,
                    }
                )
    villages = pd.DataFrame(rows)
    sizes = random.lognormal(np.log(MEAN_HOUSEHOLDS), 0.22, len(villages))
    villages["n_hh"] = sizes.round().astype(int).clip(60, 220)
    villages["effect"] += random.normal(0, VILLAGE_SD, len(villages))
    villages["service"] += random.normal(0, 0.25, len(villages))
    return villages


def _households(villages: pd.DataFrame, random: Random) -> pd.DataFrame:
    village = np.repeat(np.arange(len(villages)), villages["n_hh"].to_numpy())
    count = len(village)
    sizes = villages["n_hh"].to_numpy()
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return pd.DataFrame(
        {
            "village": village,
            "hh_seq": np.arange(count) - first + 1,
            "size": random.choice([1, 2, 3, 4, 5, 6, 7], count, p=_SIZES),
            "effect": villages["effect"].to_numpy()[village]
            + random.normal(0, HOUSEHOLD_SD, count),
            "service": villages["service"].to_numpy()[village],
            "is_urban": (villages["urban_rural"] == "urban").to_numpy()[village],
        }
    )


_SIZES = [0.09, 0.19, 0.20, 0.25, 0.15, 0.08, 0.04]


def _persons(households: pd.DataFrame, random: Random) -> pd.DataFrame:
    """Members: the head, a partner, then children and parents of the head."""
    size = households["size"].to_numpy()
    hh = np.repeat(np.arange(len(households)), size)
    place = np.arange(len(hh)) - np.repeat(np.cumsum(size) - size, size)
    head_age = np.clip(random.normal(49, 14, len(households)), 21, 90).astype(int)[hh]
    has_partner = (random.random(len(households)) < 0.82)[hh]
    partner = (place == 1) & has_partner
    parent = (place >= 4) & (random.random(len(hh)) < 0.5) & (head_age < 62)
    child_age = np.clip(head_age - random.integers(20, 38, len(hh)), 0, 60)
    age = np.select(
        [place == 0, partner, parent],
        [
            head_age,
            np.clip(head_age + random.integers(-7, 5, len(hh)), 19, 92),
            np.clip(head_age + random.integers(19, 34, len(hh)), 45, 96),
        ],
        child_age,
    )
    head_male = (random.random(len(households)) < 0.72)[hh]
    is_male = np.where(
        place == 0, head_male, np.where(partner, ~head_male, random.random(len(hh)) < 0.5)
    )
    relation = np.select([place == 0, partner, parent], ["head", "spouse", "parent"], "child")
    return pd.DataFrame(
        {
            "hh": hh,
            "age": age,
            "birth_year": SURVEY_YEAR - age,
            "sex": np.where(is_male, "m", "f"),
            "relation": relation,
            "age_group": age_group(age),
            "effect": households["effect"].to_numpy()[hh],
            "service": households["service"].to_numpy()[hh],
            "is_urban": households["is_urban"].to_numpy()[hh],
        }
    )


def age_group(age: Whole) -> Codes:
    """The benchmark groups; children under 15 are ''."""
    return np.select(
        [age >= 60, age >= 45, age >= 30, age >= 18, age >= 15],
        ["60+", "45-59", "30-44", "18-29", "15-17"],
        "",
    )
