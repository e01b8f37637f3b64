"""Settings of publication, groups and models of communes."""

from typing import Final

from surveys.results.reading.names import Names
from surveys.results.recipe_words.settings import Section, Setting, option

_PUBLICATION: Final = Setting(
    "publication",
    Names("Con số nào được công bố", "Which figures are published"),
    Names(
        "Bảo mật (quá ít người) luôn được giữ, dù chọn cách nào.",
        "Confidentiality (too few persons) is kept under every rule.",
    ),
    (
        option(
            "design",
            "Theo thiết kế mẫu",
            "By the design of the sample",
            "Dựa vào số người, số thôn, cỡ mẫu hiệu dụng; không nhìn kết quả nên không chọn lọc.",
            "By persons, villages, effective size; it does not look at the result.",
        ),
        option(
            "nchs",
            "Theo NCHS (Hoa Kỳ)",
            "NCHS (United States)",
            "Cảnh báo: dựa vào độ rộng khoảng tin cậy nên giữ lại các tỷ lệ gần 0 hoặc 100 %; "
            "con số được công bố bị lệch. Chỉ để so với nơi khác.",
            "Warning: it looks at the width of the interval and so keeps shares near 0 or 100 %; "
            "what is published is biased. For comparison with other offices only.",
        ),
        option(
            "cv_bands",
            "Theo bậc CV (Canada)",
            "Bands of the CV (Canada)",
            "Cảnh báo: dựa vào sai số so với kết quả nên giữ lại tỷ lệ cao, bỏ tỷ lệ thấp; "
            "con số được công bố bị lệch. Chỉ để so với nơi khác.",
            "Warning: it sets the error against the result and so keeps high shares and drops low "
            "ones; what is published is biased. For comparison with other offices only.",
        ),
    ),
)
_GROUP: Final = Setting(
    "group_small",
    Names("Gộp xã quá nhỏ với xã cùng loại", "Group communes that are too small"),
    Names(
        "Xã chưa đủ người để công bố riêng được xem cùng nhóm “gộp: A + B + C”, không để trống.",
        "A commune too small to be shown alone is shown with its group, “grouped: A + B + C”.",
    ),
)
_SMALL_AREA: Final = Setting(
    "small_area",
    Names("Ước lượng theo mô hình cho từng xã", "Model-based figures of communes"),
    Names(
        "Mô hình Fay–Herriot mượn thông tin từ các xã giống nhau. Luôn ghi “mô hình”, đặt cạnh con "
        "số trực tiếp, không thay nó; cần khoảng 10 xã trở lên.",
        "The Fay–Herriot model borrows from communes that are alike. It is always called “model”, "
        "beside the direct figure and never in its place; it needs about 10 communes or more.",
    ),
    (
        option("none", "Không", "None", "Chỉ có con số trực tiếp và gộp.", "Direct and grouped."),
        option(
            "arcsine",
            "Fay–Herriot, thang arcsine",
            "Fay–Herriot on the arcsine scale",
            "Tỷ lệ luôn trong 0–100 %; nên dùng cho tỷ lệ.",
            "Shares stay within 0–100 %; the one to use for shares.",
        ),
        option(
            "plain",
            "Fay–Herriot, thang thường",
            "Fay–Herriot on the plain scale",
            "Đơn giản, dễ kiểm lại; có thể vượt biên khi tỷ lệ gần 0 hoặc 100 %.",
            "Plain and easy to check; may leave the scale near 0 or 100 %.",
        ),
        option(
            "spatial",
            "Fay–Herriot có láng giềng",
            "Fay–Herriot with neighbours",
            "Mượn thêm từ các xã giáp ranh; cần ranh giới thật của mọi xã. Có ích khi xã gần nhau "
            "giống nhau, không thì như thang arcsine.",
            "Also borrows from communes that border; needs real boundaries of all of them. Helps "
            "where neighbours are alike, else it is as the arcsine scale.",
        ),
        option(
            "hierarchical",
            "Bayes phân cấp",
            "Hierarchical Bayes",
            "Tính cả việc chưa biết các xã khác nhau bao nhiêu; khoảng rộng hơn khi có ít xã.",
            "Counts in that it is not known how much communes differ; wider where there are few.",
        ),
    ),
)
_COVARIATES: Final = Setting(
    "covariates",
    Names("Xã giống nhau về", "Communes are alike in"),
    Names(
        "Những điều dàn mẫu biết của mọi xã. Ít xã thì chọn ít điều.",
        "What the frame knows of every commune. Few communes carry few of them.",
    ),
    (
        option(
            "urban",
            "Thành thị, nông thôn",
            "Urban or rural",
            "Phần thôn của xã ở thành thị.",
            "Share of its villages that are urban.",
        ),
        option(
            "population",
            "Số dân",
            "Population",
            "Số dân đối chiếu của xã; thiếu ở một xã thì không dùng, và ghi lại.",
            "Count of the commune; where one commune lacks it, it is left out, and said.",
        ),
        option(
            "villages",
            "Số thôn, tổ dân phố",
            "Number of villages",
            "Theo dàn mẫu của các tầng.",
            "By the frame of the strata.",
        ),
    ),
)
_UNSAMPLED: Final = Setting(
    "unsampled",
    Names("Xã không có mẫu", "Communes without a sample"),
    Names(
        "Ước lượng tổng hợp: chỉ suy từ các xã có mẫu giống nó, không có phiếu nào ở xã ấy. Luôn "
        "ghi riêng, không xếp hạng, không so với chỉ tiêu.",
        "Synthetic estimates: from communes that are alike and have a sample, with no answers of "
        "the commune's own. Always told apart, never ranked or set against a target.",
    ),
    (
        option(
            "none",
            "Không ước lượng",
            "No figure",
            "Xã không có mẫu thì không có con số.",
            "A commune without a sample has no figure.",
        ),
        option(
            "province",
            "Mọi xã của tỉnh",
            "All communes of the province",
            "Phường là thành thị; số dân lấy từ danh mục đã nạp; không biết số thôn.",
            "Wards are urban; populations are those loaded; villages are not known.",
        ),
        option(
            "list",
            "Danh sách xã của đợt",
            "The round's list of communes",
            "Theo tệp “Các xã của địa bàn” đã nhập ở trang của đợt.",
            "By the file “Communes of the area” imported on the page of the round.",
        ),
    ),
)
_COVERS: Final = Setting(
    "frame_covers",
    Names("Dàn mẫu gồm cả các xã không có mẫu", "The frame holds the communes without a sample"),
    Names(
        "Chỉ chọn khi mọi thôn của các xã ấy đã có thể được chọn. Khi đó con số chung của đợt là "
        "của mọi xã, và tổng theo dân số của mọi xã được kéo về khớp nó.",
        "Only if every village of those communes could have been drawn. The figure of the round is "
        "then that of all communes, and all of them, by population, are brought to it.",
    ),
)
_BENCHMARK: Final = Setting(
    "benchmark",
    Names("Kéo các xã về khớp con số chung", "Bring communes to the overall figure"),
    Names(
        "Cộng các xã theo mô hình thì ra đúng con số trực tiếp của cả đợt.",
        "Model figures of communes add up to the direct figure of the round.",
    ),
)
SECTION: Final = Section(
    "communes",
    Names("Công bố và xã nhỏ", "Publication and small communes"),
    (_PUBLICATION, _GROUP, _SMALL_AREA, _COVARIATES, _UNSAMPLED, _COVERS, _BENCHMARK),
)
