"""Result codes of a visit, as one frozen table: what each means and where it stands in the rule."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Group(StrEnum):
    """The classes that response rates count (AAPOR's letters; 240 is a code of our own)."""

    INTERVIEW = "I"
    PARTIAL = "P"
    REFUSAL = "R"
    NON_CONTACT = "NC"
    OTHER = "O"
    UNKNOWN_HOUSING = "UH"
    UNKNOWN_OTHER = "UO"
    NOT_ELIGIBLE = "NE"


class Fin(StrEnum):
    """When a visit with this result closes the case."""

    NOW = "now"  # at once
    AFTER_FOUR_VISITS = "v4"
    REVIEW = "review"  # a supervisor confirms, or sends another visit
    SERVER = "server"  # never on a phone


class Rank(StrEnum):
    """Places in the rule of the case, first to last; only results without a record compete."""

    RECORD = "record"
    NOT_ELIGIBLE = "not_eligible"
    REFUSAL = "refusal"
    OTHER_ELIGIBLE = "other_eligible"
    NON_CONTACT = "non_contact"
    UNKNOWN = "unknown"
    NOT_ATTEMPTED = "not_attempted"


@dataclass(frozen=True, slots=True)
class Disposition:
    code: str
    group: Group
    fin: Fin
    rank: Rank
    vi: str
    en: str


_G, _F, _R = Group, Fin, Rank
_ROWS = (
    Disposition("110", _G.INTERVIEW, _F.NOW, _R.RECORD, "Hoàn thành", "Complete"),
    Disposition(
        "120",
        _G.PARTIAL,
        _F.AFTER_FOUR_VISITS,
        _R.RECORD,
        "Hoàn thành một phần (đủ mức tối thiểu)",
        "Partial (minimum reached)",
    ),
    Disposition(
        "212",
        _G.REFUSAL,
        _F.REVIEW,
        _R.REFUSAL,
        "Bỏ dở (chưa đủ mức tối thiểu)",
        "Break-off (minimum not reached)",
    ),
    Disposition("2111", _G.REFUSAL, _F.REVIEW, _R.REFUSAL, "Hộ từ chối", "Household refusal"),
    Disposition(
        "2112",
        _G.REFUSAL,
        _F.REVIEW,
        _R.REFUSAL,
        "Người được chọn từ chối",
        "Drawn person refuses",
    ),
    Disposition(
        "240",
        _G.OTHER,
        _F.AFTER_FOUR_VISITS,
        _R.OTHER_ELIGIBLE,
        "Hẹn quay lại",
        "Appointment to come back",
    ),
    Disposition(
        "223",
        _G.NON_CONTACT,
        _F.AFTER_FOUR_VISITS,
        _R.NON_CONTACT,
        "Không vào được nhà",
        "No way in",
    ),
    Disposition(
        "224",
        _G.NON_CONTACT,
        _F.AFTER_FOUR_VISITS,
        _R.NON_CONTACT,
        "Không có ai ở nhà",
        "Nobody home",
    ),
    Disposition(
        "225",
        _G.NON_CONTACT,
        _F.AFTER_FOUR_VISITS,
        _R.NON_CONTACT,
        "Người cần gặp đi vắng",
        "Person needed is away",
    ),
    Disposition(
        "231",
        _G.OTHER,
        _F.REVIEW,
        _R.OTHER_ELIGIBLE,
        "Người được chọn đã mất",
        "Drawn person deceased",
    ),
    Disposition(
        "232",
        _G.OTHER,
        _F.AFTER_FOUR_VISITS,
        _R.OTHER_ELIGIBLE,
        "Ốm, không trả lời được",
        "Ill or unable",
    ),
    Disposition(
        "233",
        _G.OTHER,
        _F.AFTER_FOUR_VISITS,
        _R.OTHER_ELIGIBLE,
        "Không cùng tiếng nói",
        "No common language",
    ),
    Disposition(
        "236",
        _G.OTHER,
        _F.AFTER_FOUR_VISITS,
        _R.OTHER_ELIGIBLE,
        "Lý do khác, thuộc diện hỏi",
        "Other, eligible",
    ),
    Disposition(
        "311", _G.UNKNOWN_HOUSING, _F.SERVER, _R.NOT_ATTEMPTED, "Chưa đến", "Not attempted"
    ),
    Disposition(
        "317",
        _G.UNKNOWN_HOUSING,
        _F.REVIEW,
        _R.UNKNOWN,
        "Không an toàn, thiên tai",
        "Unsafe, disaster",
    ),
    Disposition(
        "318",
        _G.UNKNOWN_HOUSING,
        _F.REVIEW,
        _R.UNKNOWN,
        "Không tìm thấy nhà",
        "Address not located",
    ),
    Disposition(
        "321",
        _G.UNKNOWN_OTHER,
        _F.AFTER_FOUR_VISITS,
        _R.UNKNOWN,
        "Không rõ có người thuộc diện hỏi",
        "Unknown if anyone is eligible",
    ),
    Disposition(
        "390",
        _G.UNKNOWN_OTHER,
        _F.AFTER_FOUR_VISITS,
        _R.UNKNOWN,
        "Không rõ, khác",
        "Unknown, other",
    ),
    Disposition(
        "410",
        _G.NOT_ELIGIBLE,
        _F.REVIEW,
        _R.NOT_ELIGIBLE,
        "Ngoài địa bàn mẫu",
        "Outside the sample area",
    ),
    Disposition(
        "450", _G.NOT_ELIGIBLE, _F.REVIEW, _R.NOT_ELIGIBLE, "Không phải nhà ở", "Not a dwelling"
    ),
    Disposition(
        "460", _G.NOT_ELIGIBLE, _F.REVIEW, _R.NOT_ELIGIBLE, "Nhà không có người ở", "Vacant"
    ),
    Disposition(
        "470",
        _G.NOT_ELIGIBLE,
        _F.REVIEW,
        _R.NOT_ELIGIBLE,
        "Không có người thuộc diện hỏi",
        "No eligible person",
    ),
)

DISPOSITIONS: Final = MappingProxyType({row.code: row for row in _ROWS})
COMPLETE: Final = "110"
PARTIAL: Final = "120"
BREAK_OFF: Final = "212"
NOT_ATTEMPTED: Final = "311"
UNKNOWN: Final = "390"
UNREADABLE: Final = "?"  # of a visit: what was sent is none of the codes; counts as UNKNOWN
ORDER: Final = tuple(Rank)

# Answers to "What happened on arrival?"; with these somebody of the household was met.
CONTACTS: Final = frozenset(
    {
        "start",
        "later",
        "none",
        "noadult",
        "refuse",
        "unable",
        "lang",
        "notfound",
        "unsafe",
        "unsure",
        "ineligible",
    }
)
MET_SOMEBODY: Final = frozenset({"start", "later", "noadult", "refuse", "unable", "lang"})


def counted_group(disposition: str, *, is_final: bool) -> Group:
    """The class a household counts in: a "not eligible" that is not final is only a claim.

    A claim stays among the unknown; otherwise every unanswered one would raise the response rates.
    """
    group = DISPOSITIONS.get(disposition, DISPOSITIONS[UNKNOWN]).group
    if group is Group.NOT_ELIGIBLE and not is_final:
        return Group.UNKNOWN_OTHER
    return group
