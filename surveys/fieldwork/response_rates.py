"""Response rates by AAPOR's definitions, as a pure function of dispositions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surveys.fieldwork.dispositions import Group, counted_group


@dataclass(frozen=True, slots=True)
class RatedCase:
    """A household: its disposition, whether that is final, and its weight 1/π."""

    disposition: str
    is_final: bool = True
    weight: float = 1.0

    @property
    def group(self) -> Group:
        """The class it counts in."""
        return counted_group(self.disposition, is_final=self.is_final)


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """Shares from 0 to 1, None where the base is empty; `e` as it was used in RR3.

    RR1 = I / (I+P+R+NC+O+UH+UO); RR2 = (I+P) / same; RR3 = I / (I+P+R+NC+O + e(UH+UO));
    COOP1 = I / (I+P+R+O); REF1 = R / base of RR1; CON1 = (I+P+R+O) / base of RR1.
    """

    n: int
    rr1: float | None
    rr2: float | None
    rr3: float | None
    coop1: float | None
    ref1: float | None
    con1: float | None
    e: float | None


def response_rates(
    cases: Iterable[RatedCase], *, weighted: bool = False, e: float | None = None
) -> ResponseRates:
    """Rates of any set of households; not-eligible ones stand outside every base.

    Parameters
    ----------
    cases : one value a household.
    weighted : count each household 1/π times instead of once.
    e : share of the unknown that is taken as eligible; without it the share among the known.

    References
    ----------
    AAPOR, Standard Definitions (2023), pp. 81-86; e by the proportional allocation method.
    """
    listed = list(cases)
    total = dict.fromkeys(Group, 0.0)
    for case in listed:
        total[case.group] += case.weight if weighted else 1.0
    return rates_of(total, len(listed), e)


def rates_of(total: Mapping[Group, float], n: int, e: float | None = None) -> ResponseRates:
    """`response_rates` of the (weighted) number of households in each class; n unweighted."""
    complete, partial, refused = (
        total[Group.INTERVIEW],
        total[Group.PARTIAL],
        total[Group.REFUSAL],
    )
    contacted = complete + partial + refused + total[Group.OTHER]
    eligible = contacted + total[Group.NON_CONTACT]
    unknown = total[Group.UNKNOWN_HOUSING] + total[Group.UNKNOWN_OTHER]
    if e is None:
        e = _ratio(eligible, eligible + total[Group.NOT_ELIGIBLE])
    base = eligible + unknown
    return ResponseRates(
        n=n,
        rr1=_ratio(complete, base),
        rr2=_ratio(complete + partial, base),
        rr3=_ratio(complete, eligible + (1.0 if e is None else e) * unknown),
        coop1=_ratio(complete, contacted),
        ref1=_ratio(refused, base),
        con1=_ratio(contacted, base),
        e=e,
    )


def _ratio(part: float, base: float) -> float | None:
    return part / base if base > 0 else None
