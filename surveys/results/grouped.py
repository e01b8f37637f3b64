"""Communes too small to be shown alone, shown with their group; groups are made once a form.

Groups follow from the evidence of the thinnest headline of the form and stand for all of its
indicators: groups that changed from table to table could be subtracted from each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from analysis import publication
from analysis.indices.combined import combined_means
from analysis.indices.definition import Definition, Kind, Weight
from analysis.indices.figures import Figure, figures
from analysis.publication import Area, Evidence, Rule, Shown, Verdict, group_small
from surveys.results.cells import Bench, Cell, Computed, bench_of, judged_cell, places_of
from surveys.results.recipe import Recipe
from surveys.results.recipes import Weighted

GROUPED: Final = "grouped"
COLUMN: Final = "_group"
# The indicator of a form that fewest people are in the base of, among those that pages lead with.
THINNEST: Final[Mapping[Weight, str]] = {
    Weight.RESPONDENT: "sat_users",
    Weight.PERSON: "equipped",
    Weight.SELF: "equipped",
    Weight.HOUSEHOLD: "equipped",
}
WOULD_TELL: Final = Verdict(
    Shown.NONE,
    "Không công bố con số gộp: từ đó suy ra được con số của xã có quá ít người. Hãy xem con số "
    "chung của cả đợt khảo sát.",
    "The grouped figure is not published: that of a commune with too few persons could be worked "
    "out from it. Read the figure of the whole round instead.",
)


@dataclass(frozen=True, slots=True)
class Groups:
    """The group of each commune that is not large enough alone; others are not in here."""

    members: Mapping[str, tuple[str, ...]]

    def key(self, commune: str) -> str | None:
        """What names a commune's group: the code of its first member."""
        found = self.members.get(commune)
        return found[0] if found else None


def groups_of(
    weighted: Mapping[Weight, Weighted], computed: Iterable[Computed], rule: Rule
) -> dict[Weight, Groups]:
    """The groups of each form, by the evidence of its thinnest headline."""
    known = {each.definition.id: each for each in computed}
    return {
        weight: _groups(source, known[THINNEST[weight]], rule)
        for weight, source in weighted.items()
        if THINNEST[weight] in known
    }


def with_groups(
    weighted: Mapping[Weight, Weighted],
    computed: tuple[Computed, ...],
    rule: Rule,
    recipe: Recipe,
) -> tuple[Computed, ...]:
    """All figures, with those of groups for the communes that are not shown alone."""
    if not recipe.group_small:
        return computed
    groups = groups_of(weighted, computed, rule)
    out = []
    for each in computed:
        weight = each.definition.weight
        found = groups.get(weight)
        if found is None or not found.members or each.definition.round_only:
            out.append(each)
            continue
        bench = bench_of(each.definition, each.pooled_deff, rule, recipe)
        cells = _cells(weighted[weight], each, found, bench, recipe)
        out.append(replace(each, cells=(*each.cells, *cells)))
    return tuple(out)


def _groups(source: Weighted, thinnest: Computed, rule: Rule) -> Groups:
    places = places_of(source)
    fewest = _fewest(source, thinnest.definition)
    areas = [
        Area(
            cell.figure.domain,
            Evidence(
                min(cell.figure.n, fewest.get(cell.figure.domain, cell.figure.n)),
                cell.n_eff,
                cell.figure.n_psu,
            ),
            kind=places.get(cell.figure.domain, ""),
        )
        for cell in thinnest.cells
        if cell.domain_type == "commune"
    ]
    # who is shown alone, if with a caution, is not too small; so groups need no more than that
    found = group_small(areas, rule=rule, at_least=Shown.CAUTION)
    return Groups(
        {
            member: group.member_ids
            for group in found
            if group.is_grouped
            for member in group.member_ids
        }
    )


def _fewest(source: Weighted, definition: Definition) -> dict[str, int]:
    """Answers to the item of an index that has fewest: with too few the index is not given."""
    if definition.kind is not Kind.INDEX:
        return {}
    base = source.design.frame[definition.base.id].eq(1)
    found = combined_means(source.design, definition.parts, base=base, by="commune")
    return {str(domain[0]): fewest for domain, fewest in found.fewest.items()}


def _cells(
    source: Weighted, computed: Computed, groups: Groups, bench: Bench, recipe: Recipe
) -> Iterator[Cell]:
    """One cell for each commune that is not shown alone, of its group."""
    key = source.design.frame["commune"].astype(str).map(groups.key)
    frame = source.design.frame.assign(**{COLUMN: key})
    found = figures(
        replace(source.design, frame=frame),
        computed.definition,
        COLUMN,
        interval=recipe.interval,
        confidence=recipe.confidence,
    )
    by_category: dict[str, list[Cell]] = {}
    for cell in computed.cells:
        if cell.domain_type == "commune" and cell.method != GROUPED:
            by_category.setdefault(cell.figure.category, []).append(cell)
    for category, communes in by_category.items():
        together = {each.domain: each for each in found if each.category == category}
        yield from _of_category(communes, together, groups, bench)


def _of_category(
    communes: list[Cell], together: Mapping[str, Figure], groups: Groups, bench: Bench
) -> Iterator[Cell]:
    judged = {key: judged_cell(bench, "commune", figure) for key, figure in together.items()}
    safe = _safe(communes, judged, groups, bench)
    for cell in communes:
        key = groups.key(cell.figure.domain)
        if key is None or key not in judged or cell.verdict.shown is not Shown.NONE:
            continue
        own = judged[key]
        is_safe = key in safe or own.verdict.shown is Shown.NONE
        verdict = own.verdict if is_safe else WOULD_TELL
        yield replace(
            own,
            figure=replace(own.figure, domain=cell.figure.domain),
            method=GROUPED,
            members=groups.members[cell.figure.domain],
            verdict=verdict,
            is_confidential=own.is_confidential or not is_safe,
        )


def _safe(
    communes: list[Cell], judged: Mapping[str, Cell], groups: Groups, bench: Bench
) -> frozenset[str]:
    """Groups that may be shown beside what is shown of communes and of the round.

    What is left of a group, and of the round, after the communes shown alone are taken off must
    hold enough persons of more than one commune where any of them is confidential.
    """
    shown = {key for key, cell in judged.items() if cell.verdict.shown is not Shown.NONE}
    hidden = [cell for cell in communes if cell.verdict.shown is Shown.NONE]
    if not any(cell.is_confidential for cell in hidden):
        return frozenset(shown)
    inside: dict[str | None, list[Cell]] = {}
    for cell in hidden:
        inside.setdefault(groups.key(cell.figure.domain), []).append(cell)
    shown = {key for key in shown if _is_thick(inside.get(key, []), bench)}
    while shown:
        left = [cell for key, cells in inside.items() if key not in shown for cell in cells]
        if _is_thick(left, bench):
            break
        shown.remove(min(shown, key=lambda key: (judged[key].figure.n, key)))
    return frozenset(shown)


def _is_thick(rest: list[Cell], bench: Bench) -> bool:
    """Whether a remainder tells of nobody: nothing, nothing confidential, or many of several."""
    if not any(cell.is_confidential for cell in rest):
        return True
    n = sum(cell.figure.n for cell in rest)
    secret = publication.disclosure(
        n, None, is_sensitive=bench.definition.is_sensitive, rule=bench.rule
    )
    return len(rest) > 1 and secret is None
