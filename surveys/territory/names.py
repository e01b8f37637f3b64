"""Names of units as keys: the same for all ways to write them.

Lists differ in where the tone mark stands (Hoà, Hòa), in Unicode form, capitals, apostrophes and
hyphens (M'Drắk, M’Đrắk), and in whether the type is said (xã Như Thanh, Như Thanh).
"""

import re
import unicodedata
from typing import Final

_TONES: Final = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_TYPES: Final = re.compile(
    r"^(tỉnh|thành phố|tp\.?|quận|huyện|thị xã|tx\.?|phường|p\.|thị trấn|tt\.?|xã|x\.|đặc khu)\s+",
    re.IGNORECASE,
)


def name_key(name: str) -> str:
    """Letters and digits of a name, each syllable with its tone at the end; marks are kept.

    Examples
    --------
    >>> name_key("Xã Hoà Bình") == name_key("HÒA BÌNH") != name_key("Hóa Bình")
    True
    >>> name_key("M’Drắk") == name_key("M'drắk")
    True
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    return "".join(_syllable(word) for word in _TYPES.sub("", plain).lower().split())


def loose_key(name: str) -> str:
    """`name_key` without any mark, for lists that lost them: candidates only, never a match.

    Examples
    --------
    >>> loose_key("Phường Thuỷ Đường")
    'thuyduong'
    """
    letters = unicodedata.normalize("NFD", name_key(name)).replace("đ", "d")
    return "".join(each for each in letters if each.isalnum())


def _syllable(word: str) -> str:
    """The tone of a syllable moves behind its letters, wherever it stood."""
    letters, tone = [], ""
    for each in unicodedata.normalize("NFD", word):
        if each in _TONES:
            tone = each
        elif unicodedata.combining(each) or each.isalnum():
            letters.append(each)
    return unicodedata.normalize("NFC", "".join(letters)) + (f"~{tone}" if tone else "")
