"""Communes that are too small to be shown alone, merged with neighbours until the group passes.

Groups are made from the design only (n, villages, n / pooled design effect), never from the figure:
to merge until the result looks precise, or alike, would choose what is shown by what it says. Make
them once per round, on the evidence of the thinnest indicator that should be shown, and use them
for all indicators: groups that change from table to table can be subtracted from each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Final

from analysis.errors import AnalysisError
from analysis.publication.design_rule import DEFAULT_RULE, Evidence, Rule, Shown, Verdict, classify

Adjacency = Mapping[str, Collection[str]]
NAMED_IN_LABEL: Final = 4


@dataclass(frozen=True, slots=True)
class Area:
    """An area with its evidence; `kind` (stratum, urban or rural) keeps unlike areas apart."""

    id: str
    evidence: Evidence
    kind: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AreaGroup:
    """Areas shown as one. `id` is that of a single member, or `group:` and its first member's."""

    members: tuple[Area, ...]
    evidence: Evidence
    verdict: Verdict

    @property
    def id(self) -> str:
        first = self.members[0].id
        return f"group:{first}" if self.is_grouped else first

    @property
    def is_grouped(self) -> bool:
        return len(self.members) > 1

    @property
    def member_ids(self) -> tuple[str, ...]:
        return tuple(area.id for area in self.members)

    @property
    def label_vi(self) -> str:
        return f"Gộp {len(self.members)} nơi: {_names(self)}" if self.is_grouped else _names(self)

    @property
    def label_en(self) -> str:
        return f"Grouped ({len(self.members)}): {_names(self)}" if self.is_grouped else _names(self)


def group_small(
    areas: Iterable[Area],
    adjacency: Adjacency | None = None,
    *,
    rule: Rule = DEFAULT_RULE,
    at_least: Shown = Shown.PUBLISH,
) -> tuple[AreaGroup, ...]:
    """Merge areas that fall short of the rule with others until every group passes.

    The smallest area that falls short goes first; it takes the smallest partner that falls short
    too (so that areas which can stand alone are spared), else the smallest that does not. Partners
    are the neighbours in `adjacency`, those of the same kind first; without it, all areas of the
    same kind. Ties go by id, so that the same areas always give the same groups.

    Parameters
    ----------
    areas : the areas with n, n / pooled design effect and villages; all three add up.
    adjacency : ids of the neighbours of each id, in either direction; ids that are no area here
        are passed over.
    rule : thresholds of the round.
    at_least : what a group must reach: `PUBLISH` or `CAUTION`.

    Returns
    -------
    tuple of AreaGroup
        Ordered by the first member's id. One that still falls short has no neighbour left; its
        verdict says what is missing.

    Raises
    ------
    AnalysisError
        An id stands twice, or `at_least` is `NONE`.

    Examples
    --------
    >>> small, large = Evidence(20, 12, 2), Evidence(90, 60, 8)
    >>> villages = [Area("a", small), Area("b", large), Area("c", Evidence(40, 30, 4))]
    >>> [group.member_ids for group in group_small(villages)]
    [('a', 'c'), ('b',)]
    >>> [group.label_en for group in group_small(villages, {"a": ["b"]})]
    ['Grouped (2): a, b', 'c']
    """
    if at_least is Shown.NONE:
        raise AnalysisError("groups are merged until they can be shown: at_least is not NONE")
    ordered = sorted(areas, key=lambda area: area.id)
    doubles = {a.id for a, b in pairwise(ordered) if a.id == b.id}
    if doubles:
        raise AnalysisError(f"areas stand twice: {', '.join(sorted(doubles))}")
    merging = _Merging(ordered, adjacency, _need(rule, at_least))
    merging.run()
    found = [
        AreaGroup(
            tuple(ordered[at] for at in sorted(members)),
            evidence,
            classify(evidence.n, evidence.n_eff, evidence.n_psu, rule),
        )
        for members, evidence in merging.groups()
    ]
    return tuple(sorted(found, key=lambda group: group.members[0].id))


def shown_in_group(verdict: Verdict, group: AreaGroup) -> Verdict:
    """The verdict on an area's own figure, sending the reader to the group that it is part of.

    The own figure is never shown beside the group's: subtracting it would tell of the others.

    Examples
    --------
    >>> pair = group_small([Area("a", Evidence(30, 20, 3)), Area("b", Evidence(30, 20, 3))])[0]
    >>> shown_in_group(classify(30, 20, 3), pair).reason_en
    'Not shown alone: too few answers or villages. Read the figure of its group (a, b).'
    """
    if not group.is_grouped:
        return verdict
    names = _names(group)
    return replace(
        verdict,
        shown=Shown.NONE,
        reason_vi=f"Không công bố riêng: quá ít người trả lời hoặc quá ít thôn. Hãy xem con số của "
        f"nhóm ({names}).",
        reason_en=f"Not shown alone: too few answers or villages. Read the figure of its group "
        f"({names}).",
    )


class _Merging:
    """The state of one grouping: living groups by number, a heap of those that fall short."""

    def __init__(self, areas: list[Area], adjacency: Adjacency | None, need: Evidence) -> None:
        self.need = need
        self.kind = [area.kind for area in areas]
        self.members: list[list[int] | None] = [[at] for at in range(len(areas))]
        self.evidence = [area.evidence for area in areas]
        self.size = [self._size(each) for each in self.evidence]
        self.short = [
            (self.size[at], at)
            for at, evidence in enumerate(self.evidence)
            if not evidence.reaches(need)
        ]
        heapify(self.short)
        self.near = None if adjacency is None else _both_ways(areas, adjacency)
        self.of_kind: dict[str, set[int]] = {}
        for at, kind in enumerate(self.kind):
            self.of_kind.setdefault(kind, set()).add(at)

    def _size(self, evidence: Evidence) -> float:
        """How much of what is needed is there, by the scarcest of the three; 1 passes."""
        parts = (
            (evidence.n, self.need.n),
            (evidence.n_eff, self.need.n_eff),
            (evidence.n_psu, self.need.n_psu),
        )
        return min((have / needed for have, needed in parts if needed > 0), default=1.0)

    def run(self) -> None:
        while self.short:
            size, at = heappop(self.short)
            if self.members[at] is None or size != self.size[at]:
                continue  # merged since
            partner = self._partner(at)
            if partner is not None:
                self._merge(at, partner)

    def _partner(self, at: int) -> int | None:
        near = self.of_kind[self.kind[at]] if self.near is None else self.near[at]
        return min(
            (other for other in near if other != at),
            key=lambda other: (
                self.kind[other] != self.kind[at],
                self.evidence[other].reaches(self.need),
                self.size[other],
                other,
            ),
            default=None,
        )

    def _merge(self, one: int, two: int) -> None:
        into, gone = min(one, two), max(one, two)
        members = (self.members[into] or []) + (self.members[gone] or [])
        self.members[into], self.members[gone] = members, None
        a, b = self.evidence[into], self.evidence[gone]
        self.evidence[into] = Evidence(a.n + b.n, a.n_eff + b.n_eff, a.n_psu + b.n_psu)
        self.size[into] = self._size(self.evidence[into])
        self.of_kind[self.kind[gone]].discard(gone)
        if self.near is not None:
            for other in self.near[gone]:
                self.near[other].discard(gone)
                self.near[other].add(into)
            self.near[into] = (self.near[into] | self.near[gone]) - {into, gone}
        if not self.evidence[into].reaches(self.need):
            heappush(self.short, (self.size[into], into))

    def groups(self) -> list[tuple[list[int], Evidence]]:
        return [
            (members, evidence)
            for members, evidence in zip(self.members, self.evidence, strict=True)
            if members is not None
        ]


def _both_ways(areas: list[Area], adjacency: Adjacency) -> list[set[int]]:
    place = {area.id: at for at, area in enumerate(areas)}
    near: list[set[int]] = [set() for _ in areas]
    for name, neighbours in adjacency.items():
        for other in neighbours:
            if name in place and other in place and name != other:
                near[place[name]].add(place[other])
                near[place[other]].add(place[name])
    return near


def _need(rule: Rule, at_least: Shown) -> Evidence:
    if at_least is Shown.PUBLISH:
        return Evidence(rule.publish_n, rule.publish_n_eff, rule.publish_psus)
    return Evidence(rule.caution_n, rule.caution_n_eff, rule.caution_psus)


def _names(group: AreaGroup) -> str:
    names = [area.name or area.id for area in group.members]
    if len(names) <= NAMED_IN_LABEL:
        return ", ".join(names)
    return f"{', '.join(names[: NAMED_IN_LABEL - 1])} … {names[-1]}"
