"""Why a model-based figure is not shown, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from analysis.publication import Shown, Verdict
from analysis.smallarea import Fault
from surveys.results.reading.names import Names

FAULTS: Final[Mapping[Fault, Names]] = {
    Fault.TOO_FEW_AREAS: Names(
        "có quá ít xã so với số điều mô tả (cần thêm ít nhất 10 xã)",
        "there are too few communes for the covariates (10 more than coefficients are needed)",
    ),
    Fault.NOT_NORMAL: Names(
        "phần chênh của các xã không theo quy luật mà mô hình giả định",
        "the communes' residuals do not follow the law that the model assumes",
    ),
    Fault.DISAGREES: Names(
        "con số trực tiếp và con số mô hình lệch nhau quá sai số của chúng",
        "direct and model-based figures differ beyond their errors",
    ),
    Fault.BENT: Names(
        "điều mô tả các xã không đi theo đường thẳng mà mô hình giả định",
        "the covariates do not act along the straight line that the model assumes",
    ),
    Fault.UNDER_COVERS: Names(
        "khi bỏ ra từng xã, mô hình đoán sai xã ấy quá thường xuyên",
        "communes that are left out are foretold wrongly too often",
    ),
    Fault.ONE_AREA_RULES: Names(
        "một xã duy nhất chi phối cả mô hình", "a single commune rules the model"
    ),
    Fault.NO_VARIANCE: Names(
        "không ước lượng được các xã khác nhau bao nhiêu",
        "how much communes differ could not be estimated",
    ),
}
INSTEAD: Final = Names(
    "Hãy xem con số gộp hoặc con số chung của cả đợt.",
    "Read the grouped figure, or that of the whole round.",
)
CONFIDENTIAL: Final = Verdict(
    Shown.NONE,
    "Giữ kín vì có quá ít người trả lời ở đây. " + INSTEAD.vi,
    "Kept confidential: too few persons answered here. " + INSTEAD.en,
)
AREA_FAR: Final = Verdict(
    Shown.NONE,
    "Xã này không có mẫu và khác hẳn các xã có mẫu, nên mô hình không nói được gì. " + INSTEAD.vi,
    "There is no sample here and the commune is unlike those with one, so the model cannot say. "
    + INSTEAD.en,
)
DOUBTFUL: Final = Verdict(
    Shown.CAUTION,
    "Con số mô hình chưa chắc chắn: xã này không có câu trả lời dùng được, hoặc khác hẳn các xã "
    "khác.",
    "An uncertain model figure: no usable answers here, or a commune unlike the others.",
)
SYNTHETIC_ONLY: Final = Verdict(
    Shown.CAUTION,
    "Ước lượng tổng hợp, không có phiếu nào ở xã này: con số chỉ suy từ các xã có mẫu giống nó. "
    "Dùng để hình dung, không dùng để đánh giá xã.",
    "Synthetic estimate, no answers in this commune: it is inferred from communes alike that have "
    "a sample. It gives an idea, and is no ground to judge the commune by.",
)
ALL_ALIKE: Final = Verdict(
    Shown.NONE,
    "Không có ước lượng cho xã này: không biết điều gì phân biệt được các xã, nên mọi xã không có "
    "mẫu sẽ có cùng một con số. Hãy xem con số chung của cả đợt.",
    "No estimate here: nothing is known that tells communes apart, so that all of them without a "
    "sample would get one figure. Read the figure of the whole round.",
)
LACKING: Final = Verdict(
    Shown.NONE,
    "Không có ước lượng cho xã này: thiếu một điều mà mô hình cần biết về xã. Hãy bổ sung vào danh "
    "sách xã của đợt, rồi tính lại.",
    "No estimate here: something that the model has to know of the commune is missing. Add it to "
    "the round's list of communes and run again.",
)
NO_SPREAD: Final = Verdict(
    Shown.NONE,
    "Không có con số mô hình: mô hình không thấy các xã khác nhau, nên con số chỉ là mức chung của "
    "các xã giống nhau, không phải của riêng xã. " + INSTEAD.vi,
    "No model figure: the model sees no difference between communes, so that it would give the "
    "level of communes that are alike, not of this one. " + INSTEAD.en,
)
_NO_BORDERS: Final = Names(
    "mô hình có láng giềng cần ranh giới thật của mọi xã, mà ranh giới ấy chưa được nạp",
    "the model with neighbours needs real boundaries of all communes, and they are not stored",
)
_NO_NEIGHBOURS: Final = Names(
    "các xã có mẫu không giáp nhau, nên không có gì để mượn từ láng giềng; hãy chọn thang arcsine",
    "communes with a sample do not border on each other; choose the arcsine scale",
)
_AT_THE_END: Final = Names(
    "quá ít xã để biết láng giềng giống nhau đến đâu; hãy chọn thang arcsine",
    "there are too few communes to tell how alike neighbours are; choose the arcsine scale",
)
_FEW: Final = Names(
    "có quá ít xã có con số trực tiếp và sai số",
    "too few communes have a direct figure with its error",
)


def fault_verdict(faults: Sequence[Fault]) -> Verdict:
    """Why no figure of this model is shown; the first two faults are said.

    Example
    -------
    >>> fault_verdict([Fault.TOO_FEW_AREAS]).reason_en[:42]
    'No model figure: there are too few commune'
    """
    said = [FAULTS[fault] for fault in faults[:2]]
    return _withheld(Names("; ".join(n.vi for n in said), "; ".join(n.en for n in said)))


def no_fit(error: str) -> Verdict:
    """Why the model could not be fitted at all."""
    if "boundaries" in error:
        return _withheld(_NO_BORDERS)
    if "end of its range" in error:
        return _withheld(_AT_THE_END)
    if "are neighbours" in error:
        return _withheld(_NO_NEIGHBOURS)
    if "no variance between areas is left" in error:
        return NO_SPREAD
    few = r"the posterior needs|areas (have a sampling variance|with a direct estimate)"
    if re.search(few, error):
        return _withheld(_FEW)
    return _withheld(Names(f"mô hình không tính được ({error})"[:150], error[:150]))


def _withheld(why: Names) -> Verdict:
    return Verdict(
        Shown.NONE,
        f"Không có con số mô hình: {why.vi}. {INSTEAD.vi}",
        f"No model figure: {why.en}. {INSTEAD.en}",
    )
