"""What is shown: rules by the design, confidentiality, groups of areas that are too small."""

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
from analysis.publication.disclosure import COMPLEMENTARY, complementary, disclosure
from analysis.publication.grouping import Area, AreaGroup, group_small, shown_in_group

__all__ = [
    "COMPLEMENTARY",
    "DEFAULT_RULE",
    "FEW_ANSWERS",
    "NO_ANSWERS",
    "Area",
    "AreaGroup",
    "Evidence",
    "Rule",
    "Shown",
    "Spread",
    "Verdict",
    "classify",
    "classify_all",
    "complementary",
    "disclosure",
    "expected_half_width",
    "group_small",
    "of_the_whole",
    "pooled_deff",
    "shown_in_group",
]
