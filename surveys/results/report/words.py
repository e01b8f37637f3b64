"""Numbers and phrases of the reports in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from maps import numbers
from maps.specification import Language, Unit
from surveys.results.models import Run
from surveys.results.reading.figures import ShownFigure
from surveys.results.reading.names import Names
from surveys.results.reading.population import Count
from surveys.results.reading.provenance import benchmark, boundaries

UNPUBLISHED: Final = ".."
_UNITS: Final = {
    "share": Unit.SHARE,
    "score": Unit.SCORE,
    "points": Unit.SCORE,
    "net": Unit.SCORE,
}

WORDS: Final[Mapping[str, Names]] = {
    "title": Names("Báo cáo kết quả khảo sát", "Survey report"),
    "synthetic": Names(
        "SỐ LIỆU GIẢ LẬP để giới thiệu phần mềm, không phải kết quả khảo sát thật.",
        "SYNTHETIC DATA made to show the software, not the result of a real survey.",
    ),
    "sponsor": Names("Cơ quan chủ trì", "Sponsor"),
    "decision": Names("Quyết định số", "Decision"),
    "agency": Names("Đơn vị khảo sát", "Field agency"),
    "period": Names("Thời gian khảo sát", "Field work"),
    "round": Names("Đợt khảo sát", "Round"),
    "run": Names("Lần tính", "Run"),
    "satisfaction": Names("Chỉ số hài lòng", "Satisfaction index"),
    "areas": Names("Hài lòng theo xã, nhóm", "Satisfaction by area"),
    "items": Names("Từng câu hỏi", "Items"),
    "readiness": Names("Sẵn sàng số theo xã", "Readiness by commune"),
    "ladder": Names("Bước còn thiếu", "First missing step"),
    "left_behind": Names("Ai bị bỏ lại phía sau", "Who is left behind"),
    "method": Names("Cách làm", "Method"),
    "content": Names("Nội dung", "Content"),
    "score": Names("Điểm (0–100)", "Score (0–100)"),
    "share": Names("Tỷ lệ", "Share"),
    "from": Names("Từ", "From"),
    "to": Names("Đến", "To"),
    "answers": Names("Số người trả lời", "Answers"),
    "effective": Names("Cỡ mẫu hiệu dụng", "Effective n"),
    "half_width": Names("± dự kiến tại 50 % (điểm)", "Expected ± at 50 % (points)"),
    "villages": Names("Số thôn, tổ", "Villages"),
    "base": Names("Tính trên", "Base"),
    "note": Names("Ghi chú", "Note"),
    "index": Names("Chỉ số hài lòng", "Satisfaction index"),
    "overall": Names("Hài lòng chung về xã, phường", "Satisfied with the commune, all in all"),
    "commune": Names("Xã, phường", "Commune"),
    "group": Names("Nhóm", "Group"),
    "factor": Names("Nội dung lớn", "Factor"),
    "item": Names("Câu hỏi", "Item"),
    "mean": Names("Điểm trung bình (1–5)", "Mean score (1–5)"),
    "step_share": Names("Mức {}", "Step {}"),
    "not_applicable": Names("Không áp dụng", "Does not apply"),
    "by_commune": Names("Theo xã, phường", "By commune"),
    "people15": Names("Dân số 15+", "Population 15+"),
    "people18": Names("Dân số 18+", "Population 18+"),
    "not_ready": Names("Số người chưa sẵn sàng", "Persons not ready"),
    "persons": Names("Số người", "Persons"),
    "whole": Names("Cả đợt khảo sát", "Whole round"),
    "interval": Names("Khoảng tin cậy {level}", "{level} interval"),
    "unpublished": Names(
        "“..”: không công bố riêng, lý do ghi ở cột Ghi chú.",
        "“..”: not published alone; the note says why.",
    ),
    "low": Names("Điều gì thấp", "What is low"),
    "five": Names("Năm nội dung của chỉ số", "The five factors of the index"),
    "caveats": Names("Điều cần biết khi đọc", "What to know when reading"),
    "rate": Names("Tỷ lệ trả lời", "Response rates"),
    "weights": Names("Trọng số", "Weights"),
    "form": Names("Phiếu", "Form"),
    "households": Names("Số hộ", "Households"),
    "step": Names("Bước", "Step"),
    "barriers": Names("Điều cản trở hay được nêu", "Barrier often named"),
    "help_place": Names("Nơi chỉ dẫn tiện nhất", "Place of help preferred"),
    "boundaries": Names("Địa giới xã có hiệu lực từ", "Commune boundaries in force since"),
    "definitions": Names("Chỉ tiêu", "Definitions"),
    "sample": Names("Mẫu", "Sample"),
    "strata": Names("Số tầng", "Strata"),
    "fewest": Names("Ít thôn nhất trong một tầng", "Fewest villages in a stratum"),
    "fraction": Names("Phần thôn được chọn, lớn nhất", "Largest share of villages drawn"),
    "fpc": Names("Hiệu chỉnh tổng thể hữu hạn", "Finite population correction"),
    "yes": Names("có", "yes"),
    "no": Names("không", "no"),
    "outcome": Names("Kết quả cuối cùng của hộ", "Final result of the household"),
    "code": Names("Mã", "Code"),
    "counted_as": Names("Cách tính", "Counted"),
    "weighted": Names("có trọng số", "weighted"),
    "unweighted": Names("không trọng số", "unweighted"),
    "margin_cell": Names("Ô hiệu chỉnh", "Raking cell"),
    "benchmark": Names("Số dân đối chiếu", "Benchmark"),
    "before": Names("Trước", "Before"),
    "after": Names("Sau", "After"),
    "core": Names(
        "Năm điều chính: mọi câu trả lời và chỉ tự trả lời",
        "Core items: all answers and self-answers alone",
    ),
    "everybody": Names("Mọi câu trả lời", "All answers"),
    "own": Names("Chỉ tự trả lời", "Self alone"),
    "difference": Names("Chênh (điểm)", "Difference (points)"),
    "list_ends": Names("Câu hỏi gián tiếp, danh sách ngắn", "List question, short list"),
    "floor": Names("Trả lời 0 điều", "Answered none"),
    "ceiling": Names("Trả lời cả 4 điều", "Answered all 4"),
    "cells": Names("Số ô", "Cells"),
    "publish": Names("Công bố", "Published"),
    "caution": Names("Chưa chắc chắn", "Uncertain"),
    "none": Names("Không công bố", "Withheld"),
    "merges": Names("Các ô đã gộp", "Cells merged"),
    "id": Names("Tên trong dữ liệu", "Id"),
    "rule": Names("Quy tắc tính", "Rule"),
    "deff": Names("Hiệu ứng thiết kế gộp", "Pooled design effect"),
    "missing": Names("Thiếu câu trả lời", "No answer"),
    "bound_low": Names("Nếu phần thiếu đều là “không”", "If all missing were “no”"),
    "bound_high": Names("Nếu phần thiếu đều là “có”", "If all missing were “yes”"),
    "methods": Names("Xã - các cách tính", "Communes - kinds of figures"),
    "methods_note": Names(
        "Mỗi dòng là một con số của một xã theo một cách tính; không lấy cách này thay cho cách "
        "kia. “Gộp”: của cả các xã ở cột “Gộp với”. “Mô hình”: mượn thông tin từ các xã giống "
        "nhau. “Ước lượng tổng hợp”: không có phiếu nào ở xã ấy.",
        "Each line is one figure of a commune, of one kind; do not put one kind in place of "
        "another. “Grouped”: of all communes named in the column “Group”. “Model”: borrows from "
        "communes that are alike. “Synthetic”: no answers in that commune.",
    ),
    "indicator": Names("Chỉ tiêu", "Indicator"),
    "kind": Names("Cách tính", "Kind"),
    "members": Names("Gộp với", "Group"),
    "gamma": Names("Phần từ câu trả lời của xã", "Part from the own answers"),
    "error": Names("Sai số chuẩn, √mse", "Standard error, √mse"),
    "against_round": Names("So với cả đợt", "Against the round"),
    "difference_of": Names("Chênh với cả đợt", "Difference from the round"),
    "target": Names("Chỉ tiêu phấn đấu", "Target"),
    "lowest_chance": Names("Khả năng thuộc nhóm thấp nhất", "Chance to be among the lowest"),
    "change": Names("So với đợt trước", "Change since the earlier"),
    "before_round": Names("Đợt trước", "Earlier round"),
    "this_round": Names("Đợt này", "This round"),
    "word": Names("Nói được gì", "What may be said"),
    "priorities": Names("Sửa gì trước", "What to mend first"),
    "goes_with": Names("Đi cùng hài lòng chung", "Goes with overall satisfaction"),
    "left_out": Names("Không so vì chưa đủ câu trả lời", "Left out, too few answers"),
    "index_weights": Names("Chỉ số và trọng số", "Index and weights"),
    "without": Names("Bỏ yếu tố", "Without the factor"),
    "other_word": Names("Sẽ nói", "Would be said"),
    "when": Names("Khi", "When"),
    "group_tests": Names("Các nhóm khác nhau", "Do groups differ"),
    "test": Names("Kiểm định", "Test"),
    "f": Names("F", "F"),
    "df": Names("df", "df"),
    "ddf": Names("df mẫu số", "Denominator df"),
    "p": Names("p", "p"),
    "p_adjusted": Names("p hiệu chỉnh", "Adjusted p"),
    "measured": Names("Như đo được", "As measured"),
    "all_else": Names("Các mặt khác như nhau", "Other things equal"),
    "choices": Names("Cách ước lượng đã dùng", "How it was estimated"),
    "population_is": Names("Dân số là", "Population:"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says figures and phrases in one language."""

    language: Language
    confidence: float = 0.95

    @property
    def level(self) -> str:
        """The level of the intervals: 95 %."""
        return f"{self.number(100 * self.confidence, 0 if self._is_whole else 1)} %"

    @property
    def _is_whole(self) -> bool:
        return abs(100 * self.confidence - round(100 * self.confidence)) < 1e-9

    def say(self, names: Names) -> str:
        return names.vi if self.language is Language.VI else names.en

    def word(self, key: str) -> str:
        return self.say(WORDS[key]).replace("{level}", self.level)

    def pair(self, vi: str, en: str) -> str:
        return vi if self.language is Language.VI else en

    def number(self, value: float, decimals: int = 0) -> str:
        return numbers.number(value, self.language, decimals)

    def percent(self, share: float | None) -> str:
        if share is None:
            return UNPUBLISHED
        return numbers.figure(share, Unit.SHARE, self.language)

    def value(self, figure: ShownFigure) -> str:
        if figure.estimate is None:
            return UNPUBLISHED
        return numbers.figure(figure.estimate, _UNITS[figure.unit], self.language)

    def interval(self, figure: ShownFigure) -> str:
        if figure.lower is None or figure.upper is None:
            return UNPUBLISHED
        return numbers.interval(figure.lower, figure.upper, _UNITS[figure.unit], self.language)

    def count(self, count: Count | None) -> str:
        if count is None:
            return UNPUBLISHED
        return f"{self.number(count.value)} (± {self.number(count.margin)})"

    def reason(self, figure: ShownFigure) -> str:
        """Why it is withheld or uncertain, or how it is to be read."""
        return self.say(figure.note)


def facts(run: Run, speaker: Speaker) -> tuple[tuple[str, str], ...]:
    """Who asked whom to do what, printed on every output."""
    stored: Mapping[str, Any] = run.report["round"]
    return (
        (
            speaker.word("round"),
            stored["name_vi" if speaker.language is Language.VI else "name_en"],
        ),
        (speaker.word("sponsor"), stored["sponsor"]),
        (speaker.word("decision"), stored["decision_number"]),
        (speaker.word("agency"), stored["field_agency"]),
        (speaker.word("period"), period(run)),
        (speaker.word("boundaries"), boundaries(run) or UNPUBLISHED),
        (speaker.word("benchmark"), speaker.say(benchmark(run))),
    )


def period(run: Run) -> str:
    """The days of field work, as they are written in Viet Nam."""
    stored = run.report["round"]
    first, last = (date.fromisoformat(stored[key]) for key in ("starts_on", "ends_on"))
    return f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"


def is_synthetic(run: Run) -> bool:
    return bool(run.report["round"]["is_synthetic"])
