"""Settings of the weights."""

from typing import Final

from surveys.results.reading.names import Names
from surveys.results.recipe_words.settings import Section, Setting, option

_NONRESPONSE: Final = Setting(
    "nonresponse",
    Names("Bù hộ không trả lời", "Making up for households that did not answer"),
    Names(
        "Hộ trả lời mang thêm phần của hộ giống mình mà không trả lời.",
        "Households that answered carry the part of those like them that did not.",
    ),
    (
        option(
            "classes",
            "Theo nhóm",
            "In classes",
            "Trong mỗi tầng (hoặc thôn), mọi hộ trả lời được nhân cùng một hệ số; dễ giải thích.",
            "Within each stratum (or village) all that answered get one factor; easy to explain.",
        ),
        option(
            "propensity",
            "Theo khả năng trả lời",
            "By propensity to answer",
            "Mô hình đoán khả năng trả lời từ tầng, thành thị hay nông thôn và cỡ thôn, rồi chia "
            "năm nhóm; tốt hơn khi khả năng ấy khác nhau theo nhiều mặt.",
            "A model foretells who answers from stratum, urban or rural and size of the village, "
            "then five classes; better where answering depends on several things.",
        ),
    ),
)
_CLASSES: Final = Setting(
    "nonresponse_classes",
    Names("Nhóm để bù", "Classes for it"),
    Names(
        "Chỉ dùng khi bù theo nhóm.",
        "Used only with classes.",
    ),
    (
        option(
            "stratum",
            "Tầng",
            "Stratum",
            "Nhóm lớn, hệ số ổn định.",
            "Large classes, steady factors.",
        ),
        option(
            "psu",
            "Thôn, tổ dân phố",
            "Village",
            "Sát thực tế từng thôn hơn, nhưng trọng số chênh nhau nhiều hơn.",
            "Closer to each village, but weights differ more.",
        ),
    ),
)
_CALIBRATION: Final = Setting(
    "calibration",
    Names("Khớp với số dân đối chiếu", "Meeting the population counts"),
    Names(
        "Sửa trọng số để mẫu có đúng số nam, nữ và nhóm tuổi như số dân đã nhập.",
        "Weights are moved until men, women and ages add up to the counts imported.",
    ),
    (
        option(
            "post_stratification",
            "Từng ô giới × tuổi của mỗi tầng",
            "Each cell of sex × age in each stratum",
            "Khớp từng ô; ô quá ít người thì gộp cả đợt và ghi lại.",
            "Meets every cell; where cells are thin, strata are put together, and it is said.",
        ),
        option(
            "raking",
            "Hai lề: giới × tuổi, và cỡ từng tầng",
            "Two margins: sex × age, and size of each stratum",
            "Khớp hai lề cùng lúc (raking); hợp khi nhiều tầng mà mỗi tầng ít người trả lời.",
            "Meets both at once (raking); for many strata with few answers each.",
        ),
        option(
            "linear",
            "Hai lề, dịch ít nhất (hồi quy)",
            "Two margins, moved least (regression)",
            "Như trên, nhưng không trọng số nào đổi quá 0,3 đến 3 lần; không được thì báo lỗi.",
            "As above, but no weight moves beyond 0.3 to 3 times; if that cannot be, it says so.",
        ),
        option(
            "none",
            "Không khớp",
            "Not at all",
            "Con số theo đúng mẫu; mọi kết quả ghi rõ là chưa hiệu chỉnh.",
            "Figures follow the sample as it is; every output says that it is not calibrated.",
        ),
    ),
)
_LEAST: Final = Setting(
    "least_cell",
    Names("Số người ít nhất trong một ô", "Least answers in a cell"),
    Names(
        "Ô có ít người trả lời hơn số này được gộp với ô bên cạnh.",
        "A cell with fewer answers is merged with its neighbour.",
    ),
    unit=Names("người", "persons"),
)
_CAP: Final = Setting(
    "cap_adults",
    Names("Số người lớn của hộ tính nhiều nhất là", "Adults of a household count at most as"),
    Names(
        "Ở phiếu B, người được chọn đại diện cho số người lớn của hộ, không quá số này.",
        "In form B the person drawn stands for the adults of the household, at most this many.",
    ),
    unit=Names("người", "persons"),
)
_TRIM: Final = Setting(
    "trim_times",
    Names("Chặn trọng số quá lớn ở", "Cap large weights at"),
    Names(
        "Không ai nặng hơn số lần này của trọng số ở giữa: con số ít dao động hơn, có thể lệch một "
        "chút. 0: không chặn.",
        "Nobody weighs more than so many times the middle weight: figures vary less and may be a "
        "little off. 0: no cap.",
    ),
    unit=Names("lần trọng số ở giữa", "times the middle weight"),
    zero=Names("không chặn", "no cap"),
)
SECTION: Final = Section(
    "weights",
    Names("Trọng số", "Weights"),
    (_NONRESPONSE, _CLASSES, _CALIBRATION, _LEAST, _CAP, _TRIM),
)
