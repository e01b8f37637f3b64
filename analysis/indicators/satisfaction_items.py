"""Items, factors and bases of form B, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.indices.definition import Base

ADULTS: Final = Base("adults", "người từ 18 tuổi", "adults (18 or over)")
USERS: Final = Base(
    "users",
    "người tự đi làm giấy tờ trong 12 tháng qua",
    "persons who did paperwork themselves in the last 12 months",
)
SENDERS: Final = Base(
    "senders",
    "người đã gửi góp ý, phản ánh trong 12 tháng qua",
    "persons who sent a comment or report in the last 12 months",
)
USERS_COMMUNE: Final = Base(
    "users_commune",
    "người làm giấy tờ tại trung tâm của xã, phường",
    "users of a commune or ward centre",
)
USERS_PROVINCE: Final = Base(
    "users_province",
    "người làm giấy tờ tại trung tâm của tỉnh hoặc chi nhánh",
    "users of a provincial centre or branch",
)
USERS_OTHER: Final = Base(
    "users_other", "người làm giấy tờ tại công an hoặc nơi khác", "users of the police or elsewhere"
)
WAITED: Final = Base("went", "người có đến cơ quan để làm giấy tờ", "users who went to the office")
DUE: Final = Base(
    "due",
    "người có ngày hẹn hoặc nhận kết quả ngay",
    "users with a promised date, or served at once",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One question with five steps from very dissatisfied to very satisfied."""

    name: str
    vi: str
    en: str
    base: Base = USERS


ITEMS: Final[tuple[Item, ...]] = (
    Item("f1_1", "Biển chỉ dẫn ở nơi làm giấy tờ", "Signs at the office"),
    Item("f1_2", "Chỗ ngồi chờ", "Seats for waiting"),
    Item("f1_3", "Trang mạng nộp hồ sơ", "Website for handing in papers"),
    Item("f1_0", "Nơi nộp hồ sơ, nói chung", "Place, in general"),
    Item("f2_1", "Lời hướng dẫn cần những giấy tờ gì", "Information on which papers are needed"),
    Item("f2_2", "Số giấy tờ phải nộp", "Number of papers asked for"),
    Item("f2_3", "Số ngày hẹn trả kết quả", "Number of days promised"),
    Item("f2_4", "Mức phí phải trả", "Fee charged"),
    Item("f2_0", "Thủ tục, nói chung", "Procedure, in general"),
    Item("f3_1", "Thái độ của người tiếp nhận hồ sơ", "Manner of the person at the desk"),
    Item("f3_2", "Người tiếp nhận nghe người dân nói", "Listening"),
    Item("f3_3", "Cách chỉ dẫn của người tiếp nhận", "Explaining"),
    Item("f3_4", "Mức độ rành việc của người tiếp nhận", "Knowing the work"),
    Item("f3_5", "Đối xử như nhau với mọi người", "Treating everyone alike"),
    Item("f3_0", "Người tiếp nhận hồ sơ, nói chung", "People at the desk, in general"),
    Item("f4_1", "Ngày nhận được kết quả", "Day the result came"),
    Item("f4_2", "Độ chính xác của giấy tờ nhận được", "Correctness of the papers received"),
    Item("f4_3", "Cách báo tin khi bị muộn", "Being told of the delay"),
    Item("f4_0", "Kết quả, nói chung", "Result, in general"),
    Item("f5_1", "Thời gian chờ trả lời góp ý", "Time taken to answer", SENDERS),
    Item("f5_2", "Nội dung trả lời góp ý", "What the answer said", SENDERS),
    Item("f5_0", "Giải quyết góp ý, nói chung", "Dealing with comments, in general", SENDERS),
    Item("overall", "Cách phục vụ của xã, phường, nói chung", "Service, all in all", ADULTS),
    Item("pol_1", "Xã, phường báo tin cho dân", "Keeping people informed", ADULTS),
    Item("pol_2", "Xã, phường hỏi ý dân trước khi làm", "Asking people before acting", ADULTS),
    Item("pol_3", "Xã, phường trả lời khi dân hỏi", "Answering when people ask", ADULTS),
    Item("pol_4", "Những việc xã, phường đã làm được", "What has got done", ADULTS),
)
# Few people meet these: shown apart, for the round only.
ROUND_ONLY: Final = frozenset({"f1_3", "f4_3", "f5_0", "f5_1", "f5_2"})


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of satisfaction with the fixed items of its mean."""

    id: str
    number: int
    vi: str
    en: str
    items: tuple[str, ...]


FACTORS: Final[tuple[Factor, ...]] = (
    Factor("factor_place", 1, "Tiếp cận dịch vụ", "Place", ("f1_1", "f1_2")),
    Factor(
        "factor_procedure",
        2,
        "Thủ tục hành chính",
        "Procedure",
        ("f2_1", "f2_2", "f2_3", "f2_4"),
    ),
    Factor(
        "factor_staff",
        3,
        "Người tiếp nhận hồ sơ",
        "Staff",
        ("f3_1", "f3_2", "f3_3", "f3_4", "f3_5"),
    ),
    Factor("factor_result", 4, "Kết quả giải quyết", "Result", ("f4_1", "f4_2")),
)
VOICE_ITEMS: Final = ("f5_1", "f5_2")
POLICY_ITEMS: Final = ("pol_1", "pol_2", "pol_3", "pol_4")
RULE_SATISFIED: Final = "4 or 5 among 1–5; 3 stays in the base, na, dk, ref are missing"
