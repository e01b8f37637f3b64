"""The sentences of the report, to be pasted: headline, what is low, readiness, method."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from surveys.results.models import Run
from surveys.results.reading.ladder import LadderPage
from surveys.results.reading.names import Names
from surveys.results.reading.readiness import ReadinessPage
from surveys.results.reading.satisfaction import AreaRow, Line, SatisfactionPage
from surveys.results.reading.technical import RateRow, TechnicalPage
from surveys.results.recipe_words import option_name, option_of
from surveys.results.report.words import Speaker

NOT_OFFICIAL: Final = (
    "Kết quả này là của khảo sát nêu trên, không thay cho chỉ số do cơ quan nhà nước công bố.",
    "These are results of the survey named above; they do not replace any official index.",
)
TAYLOR: Final = Names("tuyến tính hoá Taylor", "Taylor linearisation")
VARIANCES: Final = {"bootstrap": Names("cách chọn lại thôn (bootstrap)", "a bootstrap of villages")}
NOT_RAKED_VI: Final = "chưa hiệu chỉnh theo giới và tuổi vì không có số dân đối chiếu."


def headline(page: SatisfactionPage, speaker: Speaker) -> str:
    """The index in one sentence, or why there is none."""
    index = page.index
    if not index.is_shown:
        return speaker.pair(
            f"Chưa công bố được chỉ số hài lòng. {index.reason.vi}",
            f"The satisfaction index cannot be published. {index.reason.en}",
        )
    n, villages = speaker.number(index.n or 0), speaker.number(index.n_psu or 0)
    value, interval = speaker.value(index), speaker.interval(index)
    return speaker.pair(
        f"Chỉ số hài lòng của {index.base.vi} là {value} điểm trên 100 (khoảng tin cậy "
        f"{speaker.level}: {interval}), tính từ câu trả lời của {n} người tại {villages} thôn, "
        "tổ dân phố.",
        f"The satisfaction index of {index.base.en} is {value} points out of 100 "
        f"({speaker.level} interval {interval}), from the answers of {n} persons in {villages} "
        "villages.",
    )


def overall(page: SatisfactionPage, speaker: Speaker) -> str:
    """Satisfied with the commune, of all adults."""
    figure = page.overall
    if not figure.is_shown:
        return speaker.reason(figure)
    value, interval = speaker.value(figure), speaker.interval(figure)
    n = speaker.number(figure.n or 0)
    return speaker.pair(
        f"{value} % {figure.base.vi} nói chung hài lòng về cách phục vụ của xã, phường nơi mình "
        f"ở (khoảng tin cậy {speaker.level}: {interval} %; {n} người trả lời).",
        f"{value}% of {figure.base.en} are, all in all, satisfied with the service of their "
        f"commune ({speaker.level} interval {interval}%; {n} answers).",
    )


def what_is_low(page: SatisfactionPage, speaker: Speaker) -> str:
    """The lowest factor and the items that satisfy fewest."""
    lowest = page.lowest_factor
    if lowest is None:
        return ""
    name, value = speaker.say(lowest.title), speaker.value(lowest.figure)
    interval = speaker.interval(lowest.figure)
    first = speaker.pair(
        f"Thấp nhất trong năm nội dung là “{name}”: {value} điểm ({interval}).",
        f"The lowest of the five factors is “{name}”: {value} points ({interval}).",
    )
    if not page.lowest_items:
        return first
    items = _listed(page.lowest_items, speaker)
    return f"{first} " + speaker.pair(
        f"Những câu có ít người hài lòng nhất: {items}.",
        f"Fewest are satisfied with: {items}.",
    )


def unpublished(rows: Iterable[AreaRow], speaker: Speaker) -> str:
    """Which communes have no index of their own, and why (the reason of the first)."""
    hidden = [row for row in rows if not row.index.is_shown]
    if not hidden:
        return ""
    names = ", ".join(speaker.say(row.name) for row in hidden)
    reason = speaker.reason(hidden[0].index)
    return speaker.pair(
        f"Không công bố chỉ số riêng cho: {names}. {reason}",
        f"No index of its own is published for: {names}. {reason}",
    )


def readiness(page: ReadinessPage, ladder: LadderPage, speaker: Speaker) -> str:
    """How many adults are equipped, how many are not, and what they lack first."""
    whole = page.whole
    equipped = whole.equipped
    if not equipped.is_shown:
        return speaker.reason(equipped)
    share, interval = speaker.value(equipped), speaker.interval(equipped)
    text = speaker.pair(
        f"{share} {equipped.base.vi} sẵn sàng số, tức có đủ điện thoại thông minh, Internet, "
        f"VNeID mức 2 và tài khoản (khoảng tin cậy {speaker.level}: {interval}).",
        f"{share} of {equipped.base.en} are equipped: smartphone, Internet, VNeID level 2 and an "
        f"account ({speaker.level} interval {interval}).",
    )
    if whole.not_ready is not None:
        count = speaker.count(whole.not_ready)
        text += " " + speaker.pair(
            f"Ước khoảng {count} người chưa sẵn sàng (dân số: {whole.persons_18.definition.vi}).",
            f"About {count} persons are not ready (population: {whole.persons_18.definition.en}).",
        )
    step = ladder.whole.largest_gap
    if step is not None:
        title, value = speaker.say(step.title), speaker.value(step.figure)
        name = title[:1].lower() + title[1:]  # VNeID keeps its capitals
        text += " " + speaker.pair(
            f"Bước còn thiếu đầu tiên hay gặp nhất: {name} ({value}).",
            f"The most frequent first missing step: {name} ({value}).",
        )
    return text


def method(run: Run, page: TechnicalPage, speaker: Speaker) -> tuple[str, ...]:
    """How the figures were made, in paragraphs."""
    raked = any(table.is_raked for table in page.weights)
    how = VARIANCES.get(str(page.recipe.get("variance")), TAYLOR)
    interval = option_name("interval", page.recipe.get("interval", "korn_graubard"))
    return (
        _sample(page.rates, speaker),
        speaker.pair(
            "Trọng số: nghịch đảo xác suất chọn thôn và hộ, bù hộ không trả lời trong từng "
            "nhóm, " + ("hiệu chỉnh theo giới và nhóm tuổi." if raked else NOT_RAKED_VI),
            "Weights: inverse probabilities of selection of village and household, non-response "
            "made up for within classes, "
            + ("raked to sex and age group." if raked else "not raked: no benchmarks."),
        ),
        speaker.pair(
            f"Sai số tính theo {how.vi}, có xét phân tầng và việc chọn theo thôn; khoảng tin cậy "
            f"{speaker.level} theo {interval.vi} cho tỷ lệ, theo phân phối t cho điểm số. "
            "“Không biết”, “không trả lời”, “không áp dụng” được coi là thiếu, không tính là 0.",
            f"Standard errors by {how.en} with strata and villages; {speaker.level} intervals by "
            f"{interval.en} for shares, by Student's t for scores. “Don't know”, “refused”, "
            "“does not apply” are missing, never 0.",
        ),
        _publication(page.recipe, speaker),
        speaker.pair(*NOT_OFFICIAL),
        speaker.pair(
            f"Mã kiểm tra dữ liệu {run.inputs_sha256[:16]}; phiên bản chương trình "
            f"{run.code_version}.",
            f"Data hash {run.inputs_sha256[:16]}; code version {run.code_version}.",
        ),
    )


def _publication(recipe: Mapping[str, Any], speaker: Speaker) -> str:
    """By which rule figures were published; a rule on the result comes with its warning."""
    rule = str(recipe.get("publication", "design"))
    if rule != "design":
        option = option_of("publication", rule)
        return f"{speaker.say(option.name)}: {speaker.say(option.changes)}"
    return speaker.pair(
        "Một con số được công bố hay không do cỡ mẫu, số thôn và cỡ mẫu hiệu dụng quyết "
        "định, không do kết quả cao hay thấp.",
        "Whether a figure is published depends on answers, villages and effective sample "
        "size, never on the result.",
    )


def warnings(page: TechnicalPage, speaker: Speaker) -> tuple[str, ...]:
    return tuple(speaker.say(each) for each in page.warnings)


def _sample(rates: Iterable[RateRow], speaker: Speaker) -> str:
    first: dict[str, RateRow] = {}  # the round comes before its communes
    for row in rates:
        if not row.is_weighted:
            first.setdefault(row.form, row)
    parts = [
        speaker.pair(
            f"phiếu {row.form}: {speaker.number(row.households)} hộ trong mẫu, tỷ lệ trả lời "
            f"{speaker.percent(row.rr2)}",
            f"form {row.form}: {speaker.number(row.households)} households in the sample, "
            f"response rate {speaker.percent(row.rr2)}",
        )
        for row in first.values()
    ]
    return (
        speaker.pair(
            "Mẫu ngẫu nhiên nhiều giai đoạn, chọn thôn rồi chọn hộ trong từng tầng; ",
            "A random multi-stage sample of villages and households within strata; ",
        )
        + "; ".join(parts)
        + "."
    )


def _listed(lines: Iterable[Line], speaker: Speaker) -> str:
    return "; ".join(
        f"{speaker.say(line.title)} – {speaker.value(line.figure)} "
        f"({speaker.interval(line.figure)})"
        for line in lines
    )
