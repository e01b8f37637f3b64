"""Which answers are personal (P1, P2), sensitive (P3) or about staff (P4).

A form says it in its workbook (survey column `bind::khaosat:privacy`), staff change it on the
form's page (`privacy_changes`), and what nobody classed is guessed on the careful side. Pages and
`/v1` show a restricted answer only to those who review the record; others read at most that
something was answered. Default exports leave out what is declared P1 or P2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from forms.schema import Field
from surveys.collection.models import Form


class PrivacyClass(StrEnum):
    CONTACT = "P1"
    IDENTIFYING = "P2"
    SENSITIVE = "P3"
    STAFF = "P4"


OPEN: Final = "none"  # the word for "nothing of the four"
WORDS: Final = frozenset({OPEN, *PrivacyClass})
LEFT_OUT: Final = frozenset({PrivacyClass.CONTACT, PrivacyClass.IDENTIFYING})

# Guesses for questions of these names in forms that do not say; they restrict, and leave out
# nothing.
_NAMES: Final[Mapping[str, PrivacyClass]] = {
    **dict.fromkeys(("a_tel", "p_name", "p_tel", "address_hint"), PrivacyClass.CONTACT),
    **dict.fromkeys(
        ("gps", "l_sex", "l_by", "r_by", "b_sex", "b_by", "m_by", "audit", "p_photo"),
        PrivacyClass.IDENTIFYING,
    ),
    **dict.fromkeys(
        ("a_bank", "a_wallet", "a_limit", "hh_poor", "pay_x", "hassle", "list_a", "list_b"),
        PrivacyClass.SENSITIVE,
    ),
    **dict.fromkeys(("username", "deviceid", "int_affil", "int_local"), PrivacyClass.STAFF),
}
_POINTS: Final = frozenset({"geopoint", "geotrace", "geoshape"})


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a form's fields, for every version of it."""

    overrides: Mapping[str, str] = field(default_factory=dict)

    def word(self, each: Field) -> str:
        """What the page or the workbook says: P1 to P4, `none`, or "" where neither does."""
        return self.overrides.get(each.path) or each.privacy

    def declared(self, each: Field) -> PrivacyClass | None:
        """The class that somebody gave; a word that is no class counts as the strictest."""
        word = self.word(each)
        if word in ("", OPEN):
            return None
        return PrivacyClass(word) if word in WORDS else PrivacyClass.CONTACT

    def of(self, each: Field) -> PrivacyClass | None:
        """The class that counts: the declared one, else a guess from name and type."""
        return self.declared(each) if self.word(each) else _guess(each)

    def is_restricted(self, each: Field) -> bool:
        """Whether only reviewers of the record read this answer."""
        return self.of(each) is not None

    def is_left_out(self, each: Field) -> bool:
        """Whether an export leaves this answer out unless its reader asks for personal data."""
        return self.declared(each) in LEFT_OUT


def classes_of(form: Form) -> Classes:
    """The classes of a form; no query, the overrides stand on its row."""
    return Classes(form.privacy)


def _guess(each: Field) -> PrivacyClass | None:
    """Nobody classed it: every point on the map and every file counts as identifying, every free
    text as sensitive.
    """
    if each.name in _NAMES:
        return _NAMES[each.name]
    if each.type in _POINTS or each.is_binary:
        return PrivacyClass.IDENTIFYING
    is_free_text = each.control == "input" and each.type == "string" and each.choices is None
    return PrivacyClass.SENSITIVE if is_free_text else None
