"""Which answers are personal (P1, P2), sensitive (P3) or about staff (P4), by question name.

Pages and `/v1` show them only to those who review the record; others read at most that something
was answered. The names are those of the four instruments; in any other form every point on the map
and every file counts as identifying, because nobody has classed them.
"""

from typing import Final

from forms.schema import Field

CONTACT: Final = frozenset({"a_tel", "p_name", "p_tel", "address_hint"})
IDENTIFYING: Final = frozenset(
    {"gps", "l_sex", "l_by", "r_by", "b_sex", "b_by", "m_by", "audit", "p_photo"}
)
SENSITIVE: Final = frozenset(
    {"a_bank", "a_wallet", "a_limit", "hh_poor", "pay_x", "hassle", "list_a", "list_b"}
)
STAFF: Final = frozenset({"username", "deviceid", "int_affil", "int_local"})
RESTRICTED: Final = CONTACT | IDENTIFYING | SENSITIVE | STAFF
POINTS: Final = frozenset({"geopoint", "geotrace", "geoshape"})


def is_restricted(field: Field) -> bool:
    """Whether only reviewers read this answer."""
    is_free_text = field.control == "input" and field.type == "string" and field.choices is None
    return field.name in RESTRICTED or field.type in POINTS or field.is_binary or is_free_text
