"""What everybody would answer to form A (hh_digital), as codes of its choice lists.

A question that is not asked of a person holds "". The rules are those of the form's `relevant`
column, so that whatever is drawn from here is a filled form without a broken constraint.
"""

import numpy as np
import pandas as pd

from surveys.results.demo.draws import Codes, Flags, Numbers, Random, chance, pick


def answers(persons: pd.DataFrame, random: Random) -> pd.DataFrame:
    """The persons with a column per question of form A."""
    count = len(persons)
    age = persons["age"].to_numpy().astype(float)
    adult15 = age >= 15
    base = (
        persons["effect"].to_numpy()
        - 0.045 * np.clip(age - 40, 0, None)
        - 0.04 * np.clip(18 - age, 0, 3)
        + 0.10 * (persons["sex"] == "m")
        + random.normal(0, 0.5, count)
    )
    out = persons.copy()
    smart = chance(2.4 + 1.1 * base, random)
    out["a_phone"] = np.where(smart, "smart", pick(random, count, basic=0.7, none=0.3))
    out["a_phone"] = _blur(out["a_phone"], random, 0.006)
    smart = (out["a_phone"] == "smart").to_numpy()
    net = chance(np.where(smart, 2.7, -1.6) + 0.5 * base, random)
    out["a_net3m"] = _blur(np.where(net, "yes", "no"), random, 0.006)
    bank = chance(1.1 + 0.9 * base + 0.4 * smart, random)
    out["a_bank"] = _blur(np.where(bank, "yes", "no"), random, 0.012)
    wallet = chance(-1.2 + 0.8 * base + 0.9 * smart, random)
    out["a_wallet"] = _blur(np.where(wallet, "yes", "no"), random, 0.010)
    card = chance(0.9 + 0.9 * base + 0.8 * smart, random)
    shown = np.where(smart, "own", "other")
    hidden = pick(random, count, noshow=0.25, notopen=0.4, none=0.35)
    out["a_vneid"] = _blur(np.where(card, shown, hidden), random, 0.010)
    _skills_and_filing(out, base, random)
    for column in [name for name in out.columns if name.startswith("a_")]:
        out.loc[~adult15, column] = ""
    return out


def _skills_and_filing(out: pd.DataFrame, base: Numbers, random: Random) -> None:
    count = len(out)
    smart = (out["a_phone"] == "smart").to_numpy()
    net = (out["a_net3m"] == "yes").to_numpy()
    paid = ((out["a_bank"] == "yes") | (out["a_wallet"] == "yes")).to_numpy()
    card = out["a_vneid"].isin(["own", "other"]).to_numpy()
    out["a_educ"] = pick(
        random, count, none=0.04, primary=0.18, lower=0.38, upper=0.24, voc=0.09, uni=0.06, ref=0.01
    )
    age = out["age"].to_numpy()
    hard = chance(-4.2 + 0.045 * age.astype(float), random)
    out["a_limit"] = np.where(
        hard, pick(random, count, lot=0.8, cannot=0.2), pick(random, count, no=0.8, some=0.2)
    )
    asked_share = out["a_phone"].isin(["basic", "none"]).to_numpy()
    out["a_share"] = np.where(asked_share, pick(random, count, yes=0.6, no=0.37, dk=0.03), "")
    out["a_netfreq"] = np.where(net, pick(random, count, daily=0.78, weekly=0.17, less=0.05), "")
    out["a_skill"] = np.where(net, _skills(base, random), "")
    nobank = pick(random, count, noneed=0.4, money=0.3, far=0.1, how=0.15, dk=0.05)
    out["a_nobank"] = np.where(out["a_bank"] == "no", nobank, "")
    pays = pick(random, count, weekly=0.45, some=0.3, no=0.24, ref=0.01)
    out["a_epay"] = np.where(paid, pays, "")
    out["a_need"] = pick(random, count, yes=0.46, no=0.52, dk=0.01, ref=0.01)
    _filing(out, ready=smart & net & card & paid, random=random)
    wants = chance(0.4 - 0.5 * base, random)
    topic = pick(random, count, dvc=0.4, vneid=0.3, phone=0.2, safe=0.1)
    out["a_help"] = np.where(wants, topic, pick(random, count, none=0.97, dk=0.03))
    place = pick(random, count, hall=0.4, home=0.25, centre=0.25, phone=0.1)
    out["a_helpch"] = np.where(wants, place, "")
    out["a_cons_contact"] = np.where(wants & (age >= 18), pick(random, count, no=0.8, yes=0.2), "")


def _filing(out: pd.DataFrame, *, ready: Flags, random: Random) -> None:
    """The last paper that had to be handed in: who did it, how, and who pressed the keys."""
    count = len(out)
    needed = (out["a_need"] == "yes").to_numpy()
    alone = pick(random, count, self=0.75, family=0.12, officer=0.08, nobody=0.05)
    helped = pick(random, count, self=0.45, family=0.25, officer=0.17, agent=0.06, nobody=0.07)
    out["a_who"] = np.where(needed, np.where(ready, alone, helped), "")
    did = needed & ~out["a_who"].isin(["nobody", "dk", "ref"]).to_numpy()
    own = (out["a_who"] == "self").to_numpy()
    how_ready = pick(random, count, alone=0.34, guided=0.26, paper=0.39, dk=0.01)
    how_other = pick(random, count, alone=0.02, guided=0.28, paper=0.69, dk=0.01)
    how_by = pick(random, count, other=0.42, paper=0.56, dk=0.02)
    how = np.where(own, np.where(ready, how_ready, how_other), how_by)
    out["a_how"] = np.where(did, how, "")
    fee = pick(random, count, online=0.25, helped=0.1, cash=0.4, nofee=0.23, dk=0.02)
    out["a_fee"] = np.where(did, fee, "")
    barrier = pick(random, count, hard=0.3, habit=0.3, nophone=0.1, trust=0.1, noneed=0.1)
    out["a_barrier"] = np.where(out["a_how"] != "alone", barrier, "")


def _skills(base: Numbers, random: Random) -> list[str]:
    names = ("message", "search", "install", "form", "attach", "pay", "protect")
    hard = (-1.9, -0.9, 0.3, 0.7, 0.8, 0.0, 0.9)
    # One ability orders the skills, so that who can do the harder can mostly do the easier.
    ability = base + random.normal(0, 0.7, len(base))
    can = [chance(1.6 * (ability - level) + 0.9, random) for level in hard]
    rows = zip(*can, strict=True)
    return [" ".join(n for n, c in zip(names, row, strict=True) if c) or "none" for row in rows]


def household_answers(
    households: pd.DataFrame, persons: pd.DataFrame, random: Random
) -> pd.DataFrame:
    """The questions about the household as a whole."""
    count = len(households)
    out = households.copy()
    online = persons.assign(on=persons["a_net3m"] == "yes").groupby("hh")["on"].any()
    connected = online.reindex(range(count), fill_value=False).to_numpy()
    ways = pick(random, count, wifi=0.5, mobile=0.3, shared=0.1)
    out["hh_net"] = np.where(connected, ways, pick(random, count, none=0.7, mobile=0.3))
    out["hh_signal"] = pick(random, count, good=0.68, weak=0.24, no=0.07, dk=0.01)
    out["hh_biz"] = pick(random, count, yes=0.18, no=0.815, ref=0.005)
    shop = chance(0.3 + 0.8 * out["effect"].to_numpy(), random)
    out["hh_qr"] = np.where(out["hh_biz"] == "yes", np.where(shop, "yes", "no"), "")
    out["hh_poor"] = pick(random, count, poor=0.05, near=0.07, no=0.87, ref=0.01)
    out["hh_team"] = pick(random, count, yes=0.22, no=0.75, dk=0.03)
    return out


def _blur(codes: "Codes | pd.Series[str]", random: Random, share: float) -> Codes:
    """A few do not know or do not say."""
    values = np.asarray(codes, dtype="U8").copy()
    silent = random.random(len(values)) < share
    values[silent] = pick(random, int(silent.sum()), dk=0.7, ref=0.3)
    return values
