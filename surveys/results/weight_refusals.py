"""Why a round cannot be weighted or estimated, in both languages, each with what to do next.

The engine raises in English and names rows and columns; a survey manager reads of benchmarks,
strata and villages instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analysis.errors import AnalysisError


@dataclass(frozen=True, slots=True)
class _Saying:
    pattern: str
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str


_BENCHMARKS: Final = (
    "Ở trang của đợt, nhập lại tệp số dân đối chiếu: tên tầng như trong tệp thôn (hoặc province "
    "cho cả đợt), đủ nam, nữ và mọi nhóm tuổi, số lớn hơn 0."
)
_BENCHMARKS_EN: Final = (
    "On the page of the round, import the benchmarks again: strata named as in the file of "
    "villages (or province for the whole round), both sexes and all age groups, counts above 0."
)
_MORE: Final = (
    "Chờ thêm phiếu hoàn thành rồi tính lại; hoặc nhập tệp số dân đối chiếu cho cả đợt (cột domain "
    "ghi province) thay cho từng tầng."
)
_MORE_EN: Final = (
    "Wait for more complete interviews and run again; or import benchmarks for the whole round "
    "(column domain says province) in place of strata."
)
_SAMPLE: Final = "Kiểm tra tệp thôn và tệp hộ, sửa rồi nhập lại mẫu ở trang của đợt."
_SAMPLE_EN: Final = (
    "Check the files of villages and households, mend them and import the sample again on the "
    "page of the round."
)

_SAYINGS: Final = (
    _Saying(
        r"only (\d+) of (\d+) rows responded; at least (\d+) must",
        r"Mới có \1 trong \2 hộ hoặc người trả lời; cần ít nhất \3 mới bù được phần không trả lời.",
        r"Only \1 of \2 households or persons have answered; at least \3 are needed to make up "
        "for those who did not.",
        "Chờ thêm phiếu hoàn thành rồi tính lại; xem cả các phiếu bị giữ lại.",
        "Wait for more complete interviews and run again; look into the quarantine too.",
    ),
    _Saying(
        r"there is no benchmark above 0 for (.+), where (\d+) answered",
        r"Số dân đối chiếu không có số lớn hơn 0 cho nhóm “\1”, trong khi \2 người của nhóm ấy đã "
        "trả lời.",
        r"The benchmarks hold no count above 0 for “\1”, where \2 persons answered.",
        _BENCHMARKS,
        _BENCHMARKS_EN,
    ),
    _Saying(
        r"margin .+?: cell '(.+)' has no benchmark",
        r"Số dân đối chiếu thiếu nhóm “\1”.",
        r"The benchmarks lack the group “\1”.",
        _BENCHMARKS,
        _BENCHMARKS_EN,
    ),
    _Saying(
        r"cell '(.+)' has a benchmark of (\S+) but no respondents",
        r"Nhóm “\1” có số dân đối chiếu nhưng chưa có ai trả lời.",
        r"The group “\1” has a benchmark but nobody in it has answered yet.",
        _MORE,
        _MORE_EN,
    ),
    _Saying(
        r"cell '(.+)' has respondents but a benchmark of 0",
        r"Nhóm “\1” có người trả lời nhưng số dân đối chiếu là 0.",
        r"The group “\1” has respondents but a benchmark of 0.",
        _BENCHMARKS,
        _BENCHMARKS_EN,
    ),
    _Saying(
        r"the benchmark of '(.+)' is (\S+)",
        r"Số dân đối chiếu của nhóm “\1” là \2, không phải một số đếm được.",
        r"The benchmark of the group “\1” is \2, which is no count.",
        _BENCHMARKS,
        _BENCHMARKS_EN,
    ),
    _Saying(
        r"raking does not converge|margin .+ sums to .+ but",
        "Không tìm được trọng số khớp với số dân đối chiếu.",
        "No weights can be found that meet the benchmarks.",
        _MORE,
        _MORE_EN,
    ),
    _Saying(
        r"(pi_psu|pi_hh), row \d+: (\S+) is no probability|(pi_psu|pi_hh): ",
        "Xác suất chọn (pi_psu hoặc pi_hh) của một hộ trong mẫu trống, hoặc không lớn hơn 0 và "
        "nhiều nhất là 1.",
        "A probability of the sample (pi_psu or pi_hh) is empty, or not above 0 and at most 1.",
        _SAMPLE,
        _SAMPLE_EN,
    ),
    _Saying(
        r"PSU (.+) of column .+ lies in several strata",
        r"Thôn “\1” thuộc nhiều tầng của mẫu.",
        r"The village “\1” lies in several strata of the sample.",
        _SAMPLE,
        _SAMPLE_EN,
    ),
    _Saying(
        r"fpc column|has no weighting class|column '(stratum|psu|household)' is empty",
        "Số thôn của tầng hoặc số hộ của thôn trong mẫu không khớp với số đã chọn.",
        "The villages of a stratum, or the households of a village, do not fit the numbers drawn.",
        _SAMPLE,
        _SAMPLE_EN,
    ),
    _Saying(
        r"no weights within the bounds meet the totals",
        "Không trọng số nào trong khoảng 0,3 đến 3 lần khớp được số dân đối chiếu.",
        "No weights moved by 0.3 to 3 times meet the benchmarks.",
        "Ở trang “Cách ước lượng”, chọn cách khớp khác, hoặc kiểm tra số dân đối chiếu.",
        "On the page “How it is estimated” choose another way to meet them, or check the counts.",
    ),
    _Saying(
        r"(weights trimmed|all weights are cut|weights cannot all lie)",
        "Mức chặn trọng số quá thấp so với mẫu.",
        "The cap on weights is too low for this sample.",
        "Ở trang “Cách ước lượng”, nâng mức chặn hoặc đặt 0 để không chặn.",
        "On the page “How it is estimated” raise the cap, or set 0 for none.",
    ),
    _Saying(
        r"tells response for sure|cannot be modelled|nothing to model",
        "Không dựng được mô hình khả năng trả lời: một điều đã biết cho biết chắc ai trả lời.",
        "The model of who answers cannot be fitted: something known of households tells it for "
        "sure.",
        "Ở trang “Cách ước lượng”, chọn bù theo nhóm.",
        "On the page “How it is estimated” choose classes.",
    ),
    _Saying(
        r"stratum (.+?)(?: \(and .+?\))? has only one PSU",
        r"Tầng “\1” chỉ có một thôn trong mẫu, và cách ước lượng của đợt là dừng lại.",
        r"The stratum “\1” has a single village in the sample, and the round asks to stop there.",
        "Ở trang “Cách ước lượng”, chọn cách khác cho tầng chỉ có một thôn, hoặc sửa mẫu.",
        "On the page “How it is estimated” choose another rule for such strata, or mend the "
        "sample.",
    ),
    _Saying(
        r"responded but is marked ineligible",
        "Một hộ có phiếu được tính nhưng kết quả lại là không thuộc diện hỏi.",
        "A household has a record that counts, yet its result says not eligible.",
        "Mở “Cần xem lại”, quyết định cho hộ ấy rồi tính lại.",
        "Open “To review”, decide on that household and run again.",
    ),
    _Saying(
        r"the data hold no rows|every weight is zero",
        "Không còn phiếu nào có trọng số để tính.",
        "No record with a weight is left to compute from.",
        "Chờ thêm phiếu hoàn thành rồi tính lại; xem cả các phiếu bị giữ lại.",
        "Wait for more complete interviews and run again; look into the quarantine too.",
    ),
)
_OTHER: Final = _Saying(
    "",
    "Không tính được vì phiếu, mẫu và số dân đối chiếu của đợt không khớp nhau.",
    "Nothing can be computed: records, sample and benchmarks of the round do not fit together.",
    "Kiểm tra mẫu, số dân đối chiếu và cách tính trọng số của đợt. Nếu không thấy chỗ sai, gửi "
    "người phụ trách máy chủ dòng này",
    "Check the sample, the benchmarks and the weight recipe of the round. If nothing is wrong "
    "there, send this line to whoever runs the server",
)


def refusal_words(error: AnalysisError) -> dict[str, str]:
    """The error as the page of the job shows it.

    Example
    -------
    >>> refusal_words(AnalysisError("only 0 of 12 rows responded; at least 1 must"))["en"][:30]
    'Only 0 of 12 households or per'
    """
    said = str(error)
    for saying in _SAYINGS:
        found = re.search(saying.pattern, said)
        if found is not None:
            return {
                "vi": found.expand(saying.vi),
                "en": found.expand(saying.en),
                "remedy_vi": saying.remedy_vi,
                "remedy_en": saying.remedy_en,
            }
    return {
        "vi": _OTHER.vi,
        "en": _OTHER.en,
        "remedy_vi": f"{_OTHER.remedy_vi}: {said}",
        "remedy_en": f"{_OTHER.remedy_en}: {said}",
    }
