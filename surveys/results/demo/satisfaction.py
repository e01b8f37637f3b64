"""What every adult would answer to form B (citizen_sat), as codes of its choice lists.

One latent satisfaction per person moves all items, so that items correlate as real ones do.
"""

import numpy as np
import pandas as pd

from surveys.results.demo.draws import Codes, Flags, Numbers, Random, chance, pick

# Item → how easily it pleases; the lower, the more people are dissatisfied.
PLEASES = {
    "f1_1": 0.9, "f1_2": 0.7, "f1_3": 0.2, "f1_0": 0.8,
    "f2_1": 0.6, "f2_2": 0.1, "f2_3": 0.2, "f2_4": 0.7, "f2_0": 0.4,
    "f3_1": 0.9, "f3_2": 0.8, "f3_3": 0.7, "f3_4": 0.6, "f3_5": 0.5, "f3_0": 0.8,
    "f4_1": 0.5, "f4_2": 1.0, "f4_3": -0.3, "f4_0": 0.7,
    "f5_1": -0.4, "f5_2": -0.5, "f5_0": -0.4,
    "overall": 0.7,
    "pol_1": 0.5, "pol_2": 0.2, "pol_3": 0.1, "pol_4": 0.6,
}  # fmt: skip
CUTS = (-2.6, -1.5, -0.35, 1.55)  # between the five steps
PERSON_SD = 0.7
ITEM_SD = 1.0


def answers(persons: pd.DataFrame, random: Random) -> pd.DataFrame:
    """The persons with a column per question of form B ("" for those under 18)."""
    out = persons.copy()
    count = len(out)
    mood = out["service"].to_numpy() + random.normal(0, PERSON_SD, count)
    out["used"] = pick(random, count, self=0.47, house=0.27, none=0.245, dk=0.01, ref=0.005)
    out["r_work"] = pick(
        random, count, farm=0.45, worker=0.2, trade=0.13, state=0.05, home=0.08, retired=0.07,
        other=0.02,
    )  # fmt: skip
    user = (out["used"] == "self").to_numpy()
    _last_case(out, user, mood, random)
    _ratings(out, user, mood, random)
    _beyond_the_case(out, user, mood, random)
    first = list(out.columns).index("used")
    out.loc[out["age"] < 18, list(out.columns)[first:]] = ""
    return out


def _last_case(out: pd.DataFrame, user: Flags, mood: Numbers, random: Random) -> None:
    count = len(out)

    def asked(mask: Flags, codes: Codes) -> Codes:
        return np.where(mask, codes, "")

    services = pick(
        random, count, cert=0.3, civil=0.15, land=0.15, resid=0.1, social=0.12, ins=0.08, edu=0.05,
        other=0.05,
    )  # fmt: skip
    out["svc"] = asked(user, services)
    office = pick(random, count, commune=0.74, province=0.08, police=0.12, other=0.06)
    out["svc_office"] = asked(user, office)
    channel = pick(random, count, counter=0.62, guided=0.2, alone=0.1, byother=0.06, post=0.02)
    out["svc_ch"] = asked(user, channel)
    at_desk = np.isin(channel, ["counter", "guided"])
    trips_desk = pick(random, count, t1=0.3, t2=0.48, t3=0.16, t4=0.06)
    trips_far = pick(random, count, t0=0.55, t1=0.35, t2=0.1)
    out["svc_trips"] = asked(user, np.where(at_desk, trips_desk, trips_far))
    went = user & np.isin(out["svc_trips"].to_numpy(), ["t1", "t2", "t3", "t4"])
    waits = pick(random, count, w0=0.12, w1=0.38, w15=0.28, w30=0.15, w60=0.07)
    out["svc_wait"] = asked(went, waits)
    out["svc_got"] = asked(user, pick(random, count, yes=0.86, no=0.1, back=0.03, dk=0.01))
    got = user & (out["svc_got"] == "yes").to_numpy()
    is_late = ~chance(2.4 + 0.8 * mood, random)
    timely = pick(random, count, once=0.3, early=0.15, on=0.5, nodate=0.05)
    out["svc_ontime"] = asked(got, np.where(is_late, "late", timely))
    waiting = user & (out["svc_got"] == "no").to_numpy()
    out["svc_due"] = asked(waiting, pick(random, count, pending=0.7, over=0.2, nodate=0.1))
    late = (out["svc_ontime"] == "late") | (out["svc_due"] == "over")
    out["svc_told"] = asked(late.to_numpy(), pick(random, count, yes=0.4, no=0.57, dk=0.03))
    out["svc_extra"] = asked(user, pick(random, count, no=0.88, yes=0.1, dk=0.02))


def _ratings(out: pd.DataFrame, user: Flags, mood: Numbers, random: Random) -> None:
    went = user & np.isin(out["svc_trips"].to_numpy(), ["t1", "t2", "t3", "t4"])
    got = user & (out["svc_got"] == "yes").to_numpy()
    online = user & np.isin(out["svc_ch"].to_numpy(), ["alone", "guided"])
    late = (out["svc_ontime"] == "late") | (out["svc_due"] == "over")
    told = late.to_numpy() & (out["svc_told"] == "yes").to_numpy()
    bases = {"f1_1": went, "f1_2": went, "f1_3": online, "f4_3": told}
    bases |= {name: went for name in PLEASES if name.startswith("f3_")}
    bases |= dict.fromkeys(("f4_1", "f4_2", "f4_0"), got)
    for name in PLEASES:
        if name[:2] in {"f1", "f2", "f3", "f4"}:
            out[name] = np.where(bases.get(name, user), _score(name, mood, random), "")


def _beyond_the_case(out: pd.DataFrame, user: Flags, mood: Numbers, random: Random) -> None:
    count = len(out)
    knows = chance(0.1 + 0.5 * mood, random)
    out["f5_know"] = np.where(knows, "yes", pick(random, count, no=0.9, dk=0.1))
    out["f5_sent"] = pick(random, count, yes=0.07, no=0.925, ref=0.005)
    sent = (out["f5_sent"] == "yes").to_numpy()
    for name in ("f5_1", "f5_2", "f5_0"):
        out[name] = np.where(sent, _score(name, mood, random), "")
    out["overall"] = _score("overall", mood, random)
    out["pol_0"] = pick(random, count, often=0.25, some=0.45, no=0.29, dk=0.01)
    for name in ("pol_1", "pol_2", "pol_3", "pol_4"):
        out[name] = _score(name, mood, random)
    out["expect"] = pick(
        random, count, time=0.25, papers=0.25, online=0.1, staff=0.1, info=0.1, none=0.2
    )
    innocent = random.binomial(4, 0.45, count)
    paid = chance(-2.6 - 0.4 * mood, random)
    out["n_innocent"] = innocent.astype(str)
    out["n_with_extra"] = (innocent + paid).astype(str)
    gave = np.where(random.random(count) < 0.7, pick(random, count, asked=0.6, own=0.4), "none")
    hinted = pick(random, count, none=0.95, hint=0.035, ref=0.015)
    out["pay_x"] = np.where(user, np.where(paid, gave, hinted), "")
    out["hassle"] = np.where(user, pick(random, count, no=0.84, some=0.11, yes=0.04, ref=0.01), "")


def _score(item: str, mood: Numbers, random: Random) -> Codes:
    """A step from 1 to 5, or now and then na, dk, ref."""
    count = len(mood)
    latent = 0.9 * mood + PLEASES[item] + random.normal(0, ITEM_SD, count)
    steps = (1 + np.searchsorted(CUTS, latent)).astype(str)
    silent = random.random(count)
    na_share = 0.06 if item in {"f2_3", "f2_4", "f5_2"} else 0.01
    quiet = np.where(silent < na_share, "na", np.where(silent < na_share + 0.015, "dk", "ref"))
    return np.where(silent < na_share + 0.02, quiet, steps)
