"""Names of properties as OData knows them."""

import re


def odata_name(name: str) -> str:
    """Letters, digits and underscores of ASCII, no digit first.

    Examples
    --------
    >>> odata_name("so.nha"), odata_name("2nd")
    ('so_nha', '_2nd')
    """
    plain = re.sub(r"[^_a-zA-Z0-9]+", "_", name)
    return f"_{plain}" if plain[:1].isdigit() else plain
