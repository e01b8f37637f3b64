"""What happens at a door: contact, consent, break-offs. Both household forms share it."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from surveys.results.demo.draws import Random

VIETNAM = timezone(timedelta(hours=7))
MAX_VISITS = 4


@dataclass(frozen=True, slots=True)
class ListedHousehold:
    """A row of the phone's household list (sampled_hh.csv), as the server sent it."""

    name: str
    version: str
    psu: str
    commune_code: str
    hh_seq: int
    kish_u: str
    arm: str
    status: dict[str, str]  # st_a, nv_a, st_b, nv_b, b_line, b_n18, b_sex, b_by


@dataclass(frozen=True, slots=True)
class Interview:
    """The circumstances of one visit."""

    household: ListedHousehold
    visit_no: int
    at: datetime
    enumerator: str
    device: str
    instance_id: str

    @property
    def entity(self) -> dict[str, str]:
        return {
            "id": self.household.name,
            "baseVersion": self.household.version,
            "trunkVersion": self.household.version,
        }

    def meta(self, minutes: int) -> dict[str, str]:
        """start, end, today, deviceid, username as the phone fills them."""
        end = self.at + timedelta(minutes=minutes)
        return {
            "start": stamp(self.at),
            "end": stamp(end),
            "today": self.at.astimezone(VIETNAM).date().isoformat(),
            "deviceid": self.device,
            "username": self.enumerator,
        }


def stamp(moment: datetime) -> str:
    """An ODK dateTime: milliseconds and the offset with a colon."""
    return moment.astimezone(VIETNAM).isoformat(timespec="milliseconds")


def consent_stamp(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%Y-%m-%dT%H:%M:%S")


# Contact result → the disposition that the enumerator picks.
CLOSED_DOOR = {
    "none": "224",
    "noadult": "225",
    "later": "240",
    "refuse": "2111",
    "unable": "232",
    "ineligible": "460",
}


def contact_shares(*, is_urban: bool, visit_no: int) -> dict[str, float]:
    """How often a visit ends in each contact result; refusal depends on urban/rural alone, so
    that the non-response classes (strata) take it up."""
    shares = {
        "none": 0.26 if is_urban else 0.17,
        "noadult": 0.04,
        "later": 0.05,
        "refuse": 0.07 if is_urban else 0.025,
        "unable": 0.01,
        "ineligible": 0.006 if visit_no == 1 else 0.0,
    }
    return shares | {"start": 1 - sum(shares.values())}


def contact(random: Random, *, is_urban: bool, visit_no: int) -> str:
    """A contact result of the choice list."""
    shares = contact_shares(is_urban=is_urban, visit_no=visit_no)
    return str(random.choice(list(shares), p=list(shares.values())))


CONSENT_SHARE = 0.97
BREAK_OFF_SHARE = 0.015


# What the form's `fin` column says of each code picked here.
ENDS_AT_ONCE = {"110"}
WAITS_FOR_SUPERVISOR = {"212", "2111", "2112", "231", "410", "450", "460", "470"}


def finality(disposition: str, visit_no: int) -> tuple[str, str]:
    """`fin` and `e_st` as the form calculates them."""
    if disposition in ENDS_AT_ONCE:
        return "now", "final"
    if disposition in WAITS_FOR_SUPERVISOR:
        return "review", "review"
    return "v4", "final" if visit_no >= MAX_VISITS else "open"


def closing(disposition: str, visit_no: int) -> dict[str, str]:
    """The fields of g_close that both forms have."""
    fin, status = finality(disposition, visit_no)
    return {
        "disp": disposition,
        "going": "0" if disposition in {"120", "212", "240"} else "1",
        "remark": "",
        "fin": fin,
        "e_st": status,
        "e_disp": disposition,
        "e_visits": str(visit_no),
    }


def point(random: Random, lat: float, lon: float) -> str:
    """A geopoint near the village, or nothing where the respondent does not want it."""
    if random.random() < 0.2:
        return ""
    place = (
        lat + random.normal(0, 0.003),
        lon + random.normal(0, 0.003),
        60 + random.random() * 80,
        4 + random.random() * 9,
    )
    # The engine writes no trailing zeros.
    return " ".join(
        str(round(number, places)) for number, places in zip(place, (6, 6, 1, 1), strict=True)
    )
