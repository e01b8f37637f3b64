"""Settings of standard errors and intervals."""

from typing import Final

from surveys.results.reading.names import Names
from surveys.results.recipe_words.settings import Section, Setting, option

_FPC: Final = Setting(
    "finite_population",
    Names("Tính đến việc đã chọn phần lớn các thôn", "Count that many of the villages were drawn"),
    Names(
        "Khi chọn trên 5 % số thôn của một tầng, sai số được thu hẹp đúng theo phần đã chọn.",
        "Where over 5 % of the villages of a stratum were drawn, errors shrink accordingly.",
    ),
)
_LONELY: Final = Setting(
    "lonely_psu",
    Names("Tầng chỉ có một thôn trong mẫu", "A stratum with a single village"),
    Names(
        "Một thôn thì không biết các thôn khác nhau thế nào; phải chọn một cách.",
        "One village does not show how villages differ; some rule is needed.",
    ),
    (
        option(
            "collapse",
            "Ghép với tầng gần cỡ nhất",
            "Pair it with the stratum nearest in size",
            "Sai số rộng hơn một chút, ghi lại tầng nào ghép với tầng nào.",
            "Errors come out a little wide; what was paired is listed.",
        ),
        option(
            "adjust",
            "So với trung bình chung",
            "Set it against the overall mean",
            "Lấy khoảng cách từ thôn ấy đến trung bình của mọi thôn.",
            "Takes the distance of that village from the mean of all.",
        ),
        option(
            "average",
            "Lấy sai số trung bình của tầng khác",
            "Take the mean error of other strata",
            "Coi tầng ấy dao động như các tầng khác.",
            "Treats the stratum as one that varies like the others.",
        ),
        option(
            "certainty",
            "Coi như không có sai số",
            "As if it had no error",
            "Chỉ đúng khi thôn ấy chắc chắn được chọn; nếu không, khoảng tin cậy quá hẹp.",
            "Right only if that village was sure to be drawn; else intervals are too narrow.",
        ),
        option(
            "fail",
            "Dừng và nêu tên",
            "Stop and name it",
            "Không tính, để sửa mẫu trước.",
            "Nothing is computed, so that the sample is mended first.",
        ),
    ),
)
_VARIANCE: Final = Setting(
    "variance",
    Names("Cách tính sai số", "How errors are computed"),
    Names(
        "Hai cách cho kết quả gần như nhau khi mẫu đủ lớn.",
        "Both agree closely in samples that are large enough.",
    ),
    (
        option(
            "linearised",
            "Công thức (tuyến tính hoá)",
            "By formula (linearisation)",
            "Nhanh, mỗi lần tính ra đúng như nhau.",
            "Quick, the same every time.",
        ),
        option(
            "bootstrap",
            "Chọn lại mẫu nhiều lần (bootstrap)",
            "By drawing the sample again (bootstrap)",
            "Chọn lại các thôn nhiều lần; cần số lần và số khởi đầu bên dưới, lâu hơn.",
            "Villages are drawn again many times; uses the count and seed below, takes longer.",
        ),
    ),
)
_REPLICATES: Final = Setting(
    "replicates",
    Names("Số lần chọn lại", "How many times"),
    Names("Chỉ dùng với bootstrap; 500 là đủ cho khoảng 95 %.", "Bootstrap only; 500 will do."),
    unit=Names("lần", "times"),
)
_SEED: Final = Setting(
    "seed",
    Names("Số khởi đầu", "Seed"),
    Names("Cùng số thì ra cùng kết quả.", "The same seed gives the same figures."),
)
_INTERVAL: Final = Setting(
    "interval",
    Names("Khoảng tin cậy của tỷ lệ", "Interval of shares"),
    Names(
        "Điểm số và chỉ số luôn dùng phân phối t.",
        "Scores and indices always use Student's t.",
    ),
    (
        option(
            "korn_graubard",
            "Korn–Graubard",
            "Korn–Graubard",
            "Giữ đúng mức tin cậy cả khi tỷ lệ gần 0 hoặc 100 %; hơi rộng.",
            "Holds its level also near 0 and 100 %; a little wide.",
        ),
        option(
            "logit",
            "Logit",
            "Logit",
            "Không vượt 0 hoặc 100 %; hẹp hơn một chút.",
            "Never leaves 0 to 100 %; a little narrower.",
        ),
        option(
            "wilson",
            "Wilson",
            "Wilson",
            "Gần như logit, dựa trên cỡ mẫu hiệu dụng.",
            "Close to logit, made from the effective sample size.",
        ),
        option(
            "wald",
            "Đối xứng (Wald)",
            "Symmetric (Wald)",
            "Hay dùng ở nơi khác, nhưng quá hẹp khi tỷ lệ gần 0 hoặc 100 %.",
            "Common elsewhere, but too narrow near 0 and 100 %.",
        ),
    ),
)
_CONFIDENCE: Final = Setting(
    "confidence",
    Names("Mức tin cậy", "Level of confidence"),
    Names(
        "Cao hơn thì khoảng rộng hơn và ít khi sai hơn.",
        "A higher level makes intervals wider and wrong less often.",
    ),
    tuple(
        option(value, f"{percent} %", f"{percent} %", vi, en)
        for value, percent, vi, en in (
            (
                "0.9",
                90,
                "10 trong 100 khoảng không chứa giá trị thật.",
                "10 in 100 miss the truth.",
            ),
            ("0.95", 95, "5 trong 100 khoảng không chứa giá trị thật.", "5 in 100 miss the truth."),
            ("0.99", 99, "1 trong 100 khoảng không chứa giá trị thật.", "1 in 100 miss the truth."),
        )
    ),
)
SECTION: Final = Section(
    "errors",
    Names("Sai số và khoảng tin cậy", "Errors and intervals"),
    (_FPC, _LONELY, _VARIANCE, _REPLICATES, _SEED, _INTERVAL, _CONFIDENCE),
)
