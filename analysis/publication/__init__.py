"""What is shown, and what of it: by the design, by confidentiality, in groups, rounded.

The rule by design quantities is the default; those of other offices have names (`Standard`).
"""

from analysis.publication.design_rule import (
    DEFAULT_RULE,
    FEW_ANSWERS,
    NO_ANSWERS,
    Evidence,
    Rule,
    Shown,
    Spread,
    Verdict,
    classify,
    classify_all,
    expected_half_width,
    of_the_whole,
    pooled_deff,
)
from analysis.publication.differencing import (
    Difference,
    PublishedCell,
    PublishedTable,
    differencing,
)
from analysis.publication.disclosure import COMPLEMENTARY, disclosure
from analysis.publication.grouping import Area, AreaGroup, group_small, shown_in_group
from analysis.publication.ranges import Range, feasible_ranges
from analysis.publication.rounding import (
    decimals_of_share,
    round_parts,
    round_percent,
    round_table,
)
from analysis.publication.standards import Facts, Standard, judge
from analysis.publication.suppression import Method, Protection, Suppression, suppress
from analysis.publication.tables import (
    AdditiveTable,
    TableCell,
    TableError,
    Total,
    hierarchy,
    two_way,
)

__all__ = [
    "COMPLEMENTARY",
    "DEFAULT_RULE",
    "FEW_ANSWERS",
    "NO_ANSWERS",
    "AdditiveTable",
    "Area",
    "AreaGroup",
    "Difference",
    "Evidence",
    "Facts",
    "Method",
    "Protection",
    "PublishedCell",
    "PublishedTable",
    "Range",
    "Rule",
    "Shown",
    "Spread",
    "Standard",
    "Suppression",
    "TableCell",
    "TableError",
    "Total",
    "Verdict",
    "classify",
    "classify_all",
    "decimals_of_share",
    "differencing",
    "disclosure",
    "expected_half_width",
    "feasible_ranges",
    "group_small",
    "hierarchy",
    "judge",
    "of_the_whole",
    "pooled_deff",
    "round_parts",
    "round_percent",
    "round_table",
    "shown_in_group",
    "suppress",
    "two_way",
]
