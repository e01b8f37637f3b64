"""Whether a cell would give a person away: apart from whether its figure is precise enough."""

from __future__ import annotations

from typing import Final

from analysis.publication.design_rule import (
    DEFAULT_RULE,
    INSTEAD_EN,
    INSTEAD_VI,
    Rule,
    Shown,
    Verdict,
)

COMPLEMENTARY: Final = Verdict(
    Shown.NONE,
    "Không công bố để không suy ra được con số của ô bên cạnh có quá ít người. " + INSTEAD_VI,
    "Not published, so that a neighbouring cell with too few people cannot be worked out. "
    + INSTEAD_EN,
)


def disclosure(
    n: int,
    share: float | None,
    *,
    is_sensitive: bool = False,
    rule: Rule = DEFAULT_RULE,
) -> Verdict | None:
    """Why a cell would give a person away, or None.

    Parameters
    ----------
    n : answering persons.
    share : 0..1, or None for a score.
    is_sensitive : of accounts, health, money given: the higher threshold.
    rule : thresholds of the round.

    Returns
    -------
    Verdict or None
        A confidentiality rule, apart from `classify`: a cell may be precise enough and still tell
        on people (0 or 100 % of a small group says something about each of its members).

    Examples
    --------
    >>> disclosure(4, 0.5) is not None, disclosure(25, 1.0) is not None, disclosure(25, 0.9)
    (True, True, None)
    """
    floor = rule.sensitive_n if is_sensitive else rule.disclosure_n
    if 0 < n < floor:
        return Verdict(
            Shown.NONE,
            f"Giữ kín vì có dưới {floor} người trả lời ở đây. {INSTEAD_VI}",
            f"Kept confidential: fewer than {floor} persons answered here. {INSTEAD_EN}",
        )
    if share is not None and 0 < n < rule.extreme_n and not 0 < share < 1:
        return Verdict(
            Shown.NONE,
            f"Giữ kín vì mọi người trong nhóm nhỏ này (dưới {rule.extreme_n} người) trả lời như "
            f"nhau. {INSTEAD_VI}",
            f"Kept confidential: all members of this small group (under {rule.extreme_n}) gave "
            f"the same answer. {INSTEAD_EN}",
        )
    return None
