"""Draws a two-stage sample of the synthetic world, as the files that a survey office imports."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from surveys.results.demo.draws import Random, Whole
from surveys.results.demo.places import ADMIN_VERSION
from surveys.results.demo.population import World

FRAME_DATE = date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """Villages per commune, households per village; strata by commune or commune × urban/rural."""

    villages: int
    households: int
    split_urban: bool


RICH = SampleDesign(villages=16, households=20, split_urban=True)
MIDDLE = SampleDesign(villages=5, households=24, split_urban=False)
USUAL = SampleDesign(villages=3, households=32, split_urban=False)
WIDE = SampleDesign(villages=4, households=9, split_urban=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """`villages`: one row a drawn village with its frame facts. `households`: rows of the world."""

    villages: pd.DataFrame
    households: pd.DataFrame


def draw(world: World, design: SampleDesign, seed: int) -> Sample:
    """Villages by systematic sampling with probability proportional to households (in random
    order), then households by simple random sampling."""
    random = np.random.default_rng(seed)
    frame = world.villages.assign(village=np.arange(len(world.villages)))
    if not design.split_urban:
        frame["stratum"] = frame["commune_code"]
    drawn = []
    for _, commune in frame.groupby("commune_code"):
        strata = [members for _, members in commune.groupby("stratum")]
        for members, count in zip(strata, _allocate(strata, design.villages), strict=True):
            drawn.append(_draw_villages(members, count, random))
    villages = pd.concat(drawn, ignore_index=True)
    villages["n_selected"] = design.households
    return Sample(villages, _draw_households(world, villages, design.households, random))


def _allocate(strata: list[pd.DataFrame], villages: int) -> list[int]:
    """In proportion to households, at least two villages a stratum."""
    sizes = np.array([members["n_hh"].sum() for members in strata], dtype=float)
    counts = np.maximum(2, np.round(villages * sizes / sizes.sum())).astype(int)
    counts[int(np.argmax(sizes))] += villages - counts.sum()
    return [int(count) for count in counts] if len(strata) > 1 else [villages]


def _draw_villages(members: pd.DataFrame, count: int, random: Random) -> pd.DataFrame:
    shuffled = members.sample(frac=1, random_state=random)
    pi = count * shuffled["n_hh"] / shuffled["n_hh"].sum()
    picked = _systematic(pi.to_numpy(), random)
    rows = shuffled.iloc[picked].assign(pi_psu=pi.iloc[picked])
    rows["selection_order"] = np.arange(1, len(rows) + 1)
    rows["n_psu_stratum"] = count
    rows["N_psu_stratum"] = len(members)
    return rows


def _systematic(pi: "np.ndarray[tuple[int], np.dtype[np.float64]]", random: Random) -> Whole:
    """Row numbers of a fixed-size sample with inclusion probabilities `pi` (all below 1)."""
    ends = np.cumsum(pi)
    points = random.random() + np.arange(round(float(ends[-1])))
    return np.searchsorted(ends, points)


def _draw_households(
    world: World, villages: pd.DataFrame, count: int, random: Random
) -> pd.DataFrame:
    homes = world.households.reset_index(names="hh")
    by_village = dict(iter(homes.groupby("village")))
    parts = []
    for psu, village, size in villages[["psu", "village", "n_hh"]].itertuples(index=False):
        chosen = by_village[village].sample(count, random_state=random).sort_values("hh_seq")
        parts.append(chosen.assign(psu=psu, pi_hh=count / size))
    return pd.concat(parts, ignore_index=True)


def villages_csv(sample: Sample) -> bytes:
    """The drawn villages in the columns of the import template."""
    rows = [
        {
            "psu": row.psu,
            "village": row.name_,
            "commune_code": row.commune_code,
            "admin_version": ADMIN_VERSION.isoformat(),
            "legacy_commune": row.legacy,
            "stratum": row.stratum,
            "urban_rural": row.urban_rural,
            "frame_date": FRAME_DATE.isoformat(),
            "mos_hh": row.n_hh,
            "pi_psu": f"{row.pi_psu:.10f}",
            "n_psu_stratum": row.n_psu_stratum,
            "N_psu_stratum": row.N_psu_stratum,
            "selection_order": row.selection_order,
            "n_listed": row.n_hh,
            "n_selected": row.n_selected,
            "minority_share": "",
            "replaced_by": "",
            "lat": f"{row.lat:.5f}",
            "lon": f"{row.lon:.5f}",
        }
        for row in sample.villages.rename(columns={"name": "name_"}).itertuples(index=False)
    ]
    return _csv(rows)


def households_csv(sample: Sample) -> bytes:
    rows = [
        {"psu": row.psu, "hh_seq": row.hh_seq, "pi_hh": f"{row.pi_hh:.10f}"}
        for row in sample.households.itertuples(index=False)
    ]
    return _csv(rows)


def benchmarks_csv(world: World, design: SampleDesign) -> bytes:
    """Usual residents of 15 and over by stratum, sex and age group: the world's own counts."""
    persons = world.persons[world.persons["age"] >= 15]
    village = world.households["village"].to_numpy()[persons["hh"].to_numpy()]
    column = "stratum" if design.split_urban else "commune_code"
    stratum = world.villages[column].to_numpy()[village]
    counts = (
        persons.assign(domain=stratum)
        .groupby(["domain", "sex", "age_group"])
        .size()
        .reset_index(name="persons")
    )
    rows = [
        {
            "domain": row.domain,
            "sex": row.sex,
            "age_group": row.age_group,
            "count": row.persons,
            "definition": "usual_resident",
            "source": "Dân số giả lập / synthetic population",
            "date": FRAME_DATE.isoformat(),
        }
        for row in counts.itertuples(index=False)
    ]
    return _csv(rows)


def _csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
