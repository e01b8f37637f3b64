"""A plan for teams as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy

from dashboard.presentation.figures import words
from dashboard.presentation.formats import NO_BREAK, number, percent, pick, span
from surveys.collection.models import Job
from surveys.results.models import OutreachPlan
from surveys.results.outreach import UNFINISHED, Wish, is_unsure
from surveys.results.outreach_calendar import half_day, turns_of
from surveys.results.outreach_needs import KIND_NAMES, KINDS
from surveys.results.outreach_xlsx import rounded
from surveys.results.reading.population import STEP

METHODS: Final[Mapping[str, Any]] = {
    "direct": gettext_lazy("từ câu trả lời của xã"),
    "grouped": gettext_lazy("của nhóm xã"),
    "model": gettext_lazy("từ mô hình"),
    "synthetic": gettext_lazy("ước lượng tổng hợp, không có phiếu nào ở xã"),
    "": gettext_lazy("chưa có con số"),
}
SORTS: Final = ("name", "days", "need", "reach", "chosen")


@dataclass(frozen=True, slots=True)
class Line:
    """One commune of the plan; `verdict` is how sure its choice is."""

    code: str
    name: str
    days: int
    work: str
    need: str
    reach: str
    chosen: str
    usual: str
    verdict: str
    method: str
    is_borrowed: bool
    sort: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """A stay of a team in its calendar."""

    start: str
    end: str
    commune: str
    village: str
    travel: str
    work: str


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """One line of the list of plans, with what two of them are compared by."""

    plan: OutreachPlan
    wish: Wish
    is_unfinished: bool
    is_failed: bool
    percent: int
    step: str
    errors: tuple[dict[str, str], ...]
    reach: str
    visited: int
    a_day: str
    over_worst: str
    is_chosen: bool = False


def listed(plan: OutreachPlan, *, is_chosen: bool = False) -> ListedPlan:
    """A plan in a list, whatever its state."""
    job, wish = plan.job, Wish.of(plan.scenario)
    result = plan.result
    days = wish.teams * wish.days
    return ListedPlan(
        plan=plan,
        wish=wish,
        is_unfinished=job is not None and job.state in UNFINISHED,
        is_failed=job is not None and job.state == Job.State.FAILED,
        percent=round(100 * job.progress) if job is not None else 100,
        step=pick(job.step_vi, job.step_en) if job is not None else "",
        errors=tuple(job.errors) if job is not None else (),
        reach=people(result["reach"]) if result else "",
        visited=sum(1 for row in result["areas"] if sum(row["days"])) if result else 0,
        a_day=number(result["reach"]["value"] / days, 1) if result else "",
        over_worst=people(result["over_worst_first"]) if result else "",
        is_chosen=is_chosen,
    )


def people(reach: Mapping[str, float] | None, *, step: int = 1) -> str:
    """1.234 (1.101–1.359); people in need to the ten, as all public counts."""
    if reach is None:
        return "–"
    low, high = (number(rounded(reach[name], step)) for name in ("lower", "upper"))
    return f"{number(rounded(reach['value'], step))} ({span(low, high)})"


def lines(plan: OutreachPlan) -> list[Line]:
    """The communes of a plan, most team-days first."""
    found = [_line(row) for row in plan.result["areas"]]
    return sorted(found, key=lambda line: (-line.days, line.name))


def ordered(found: list[Line], sort: str, *, is_descending: bool) -> list[Line]:
    """By the column asked for; communes without a figure stand last either way."""
    if sort not in SORTS:
        return found
    known = [line for line in found if line.sort[sort] is not None]
    rest = [line for line in found if line.sort[sort] is None]
    return [*sorted(known, key=lambda line: line.sort[sort], reverse=is_descending), *rest]


def _line(row: Mapping[str, Any]) -> Line:
    days = sum(row["days"])
    need, reach = row["need"], row["reach"]
    low, high = row["usual_days"]
    name = pick(row["vi"], row["en"])
    return Line(
        code=row["area"],
        name=name,
        days=days,
        work=work(row["days"]),
        need=people(need, step=STEP),
        reach=people(reach) if days else "",
        chosen=percent(row["chosen"], 0),
        usual=span(str(low), str(high)) if low != high else str(low),
        verdict=_verdict(row["chosen"], days) if need else "",
        method=str(METHODS[row["method"]]),
        is_borrowed=bool(row["method"]) and not row["is_own_split"],
        sort={
            "name": name,
            "days": days,
            "need": need["value"] if need else None,
            "reach": reach["value"] if reach else None,
            "chosen": row["chosen"],
        },
    )


def _verdict(chosen: float, days: int) -> str:
    if is_unsure(chosen):
        return gettext("chưa chắc")
    return gettext("chắc chắn chọn") if days else gettext("chắc chắn không chọn")


def teams(plan: OutreachPlan) -> list[tuple[int, list[Turn]]]:
    """The calendar: each team with its stays, teams without any left out."""
    areas: Sequence[Mapping[str, Any]] = plan.result["areas"]
    out: dict[int, list[Turn]] = {}
    for turn in turns_of(plan):
        row = areas[turn.area]
        out.setdefault(turn.team + 1, []).append(
            Turn(
                start=_moment(turn.start, is_end=False),
                end=_moment(turn.end, is_end=True),
                commune=pick(row["vi"], row["en"]),
                village=turn.village,
                travel=number(turn.travel, 1 if turn.travel % 1 else 0) if turn.travel else "–",
                work=work(turn.days),
            )
        )
    return sorted(out.items())


def work(days: Sequence[int]) -> str:
    """VNeID mức 2 × 3; Tài khoản × 1."""
    return "; ".join(
        f"{words(KIND_NAMES[kind])}{NO_BREAK}×{NO_BREAK}{n}"
        for kind, n in zip(KINDS, days, strict=True)
        if n
    )


def _moment(at: float, *, is_end: bool) -> str:
    half = half_day(at, is_end=is_end)
    part = gettext("sáng") if half.is_morning else gettext("chiều")
    return gettext("ngày %(day)s, %(part)s") % {"day": half.day, "part": part}


def pairs(plan: OutreachPlan) -> list[tuple[str, str, str]]:
    """Communes of the plan beside those outside it that the data cannot tell from them."""
    areas = plan.result["areas"]
    return [
        (
            pick(areas[each["inside"]]["vi"], areas[each["inside"]]["en"]),
            pick(areas[each["outside"]]["vi"], areas[each["outside"]]["en"]),
            percent(each["chance"], 0),
        )
        for each in plan.result["pairs"]
    ]


def kinds(plan: OutreachPlan) -> list[tuple[str, int, str]]:
    """Each kind of help with its team-days and the people that they reach."""
    days = [sum(row["days"][n] for row in plan.result["areas"]) for n in range(len(KINDS))]
    return [
        (words(KIND_NAMES[kind]), days[n], people(plan.result["by_kind"][n]))
        for n, kind in enumerate(KINDS)
    ]


def is_best(plan: OutreachPlan) -> bool:
    """Whether it is proved that no plan reaches one person in a thousand more."""
    value = float(plan.result["reach"]["value"])
    return bool(plan.result["bound"] <= value * 1.001 + 0.5)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Team-days by commune in several plans; ready plans only."""

    plans: tuple[ListedPlan, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]


def side_by_side(chosen: Sequence[OutreachPlan]) -> SideBySide | None:
    """None unless at least two plans are ready."""
    ready = [plan for plan in chosen if plan.result]
    if len(ready) < 2:
        return None
    by_plan = [{row["area"]: row for row in plan.result["areas"]} for plan in ready]
    codes = sorted({code for rows in by_plan for code in rows})
    rows = []
    for code in codes:
        about = next(rows[code] for rows in by_plan if code in rows)
        days = tuple(sum(rows[code]["days"]) if code in rows else 0 for rows in by_plan)
        if any(days):
            rows.append((pick(about["vi"], about["en"]), days))
    return SideBySide(tuple(listed(plan) for plan in ready), tuple(rows))
