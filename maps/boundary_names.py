"""Names in the letters of another time: TCVN3, VNI, CP1258, and UTF-8 read as something else.

A name is only compared with the list; that of the list is what maps say.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from maps.boundary_placing import KnownUnit
from maps.boundary_report import Finding, Kind, finding

ENOUGH: Final = 0.5  # of the names must agree before nobody looks for another encoding
BETTER: Final = 0.2
# TCVN 5712:1993 (ABC fonts): the letter of each byte
_TCVN3: Final = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
# VNI fonts: a letter and a second byte with its marks, or one byte for both
_VNI_MARKS: Final = {
    "ø": "\u0300", "ù": "\u0301", "õ": "\u0303", "û": "\u0309", "ï": "\u0323",
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "ã": "\u0302\u0303",
    "å": "\u0302\u0309", "ä": "\u0302\u0323",
    "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ü": "\u0306\u0303",
    "ú": "\u0306\u0309", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_ALONE: Final = {
    "ñ": "đ", "ô": "ơ", "ö": "ư", "ì": "ì", "í": "í", "ó": "ĩ", "æ": "ỉ", "ò": "ị", "î": "ỵ",
}  # fmt: skip


def name_key(name: str) -> str:
    """A name without what spellings disagree on: case, tone marks, spaces, apostrophes.

    Parameters
    ----------
    name
        A Vietnamese name in any Unicode form.

    Returns
    -------
    str
        Lower-case ASCII letters and digits.

    Example
    -------
    >>> name_key("Xã Hoà Bình") == name_key("xã Hòa Bình")
    True
    """
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]", "", plain)


def agrees(name: str, unit: KnownUnit) -> bool:
    """Whether a name, with its type or without, is that of the unit."""
    return name_key(name).endswith(name_key(unit.name))


@dataclass(frozen=True, slots=True)
class Names:
    """One readable name a row, and the encoding that made them so."""

    texts: tuple[str, ...]
    findings: tuple[Finding, ...]


def readable(names: Sequence[str], codes: Sequence[str], known: Mapping[str, KnownUnit]) -> Names:
    """The names in the encoding under which most are those of their codes.

    Parameters
    ----------
    names, codes
        Of the rows of a file.
    known
        The code list of the day.

    Returns
    -------
    Names

    Example
    -------
    >>> readable(["H¶i An"], ["00001"], {"00001": KnownUnit("Hải An")}).texts
    ('Hải An',)
    """
    best, label = tuple(names), ""
    share = _agreeing(best, codes, known)
    if share < ENOUGH:
        for said, decoded in _READERS.items():
            tried = tuple(_tried(decoded, name) for name in names)
            found = _agreeing(tried, codes, known)
            if found > share + BETTER:
                best, label, share = tried, said, found
    return Names(best, finding(Kind.NAMES_DECODED, codes, label) if label else ())


def _agreeing(names: Sequence[str], codes: Sequence[str], known: Mapping[str, KnownUnit]) -> float:
    pairs = [(name, code) for name, code in zip(names, codes, strict=True) if name]
    pairs = [(name, code) for name, code in pairs if code in known]
    if not pairs:
        return 1.0
    return sum(agrees(name, known[code]) for name, code in pairs) / len(pairs)


def _tried(decoded: Callable[[str], str], name: str) -> str:
    try:
        return unicodedata.normalize("NFC", decoded(name))
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _bytes(name: str) -> bytes:
    """What stood in the file, read since as Latin-1 or, with its dashes and quotes, CP1252."""
    return b"".join(
        each.encode("latin-1") if ord(each) < 256 else each.encode("cp1252") for each in name
    )


def _tcvn3(name: str) -> str:
    return "".join(_TCVN3.get(each, each) for each in name)


def _vni(name: str) -> str:
    made = ""
    for each in name.lower():
        follows = made[-1:].isalpha() and unicodedata.normalize("NFD", made[-1])[0] in "aeouyơư"
        if each in _VNI_MARKS and follows:
            made += _VNI_MARKS[each]
        else:
            made += _VNI_ALONE.get(each, each)
    return made


_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "UTF-8": lambda name: _bytes(name).decode("utf-8"),
    "TCVN3 (ABC)": _tcvn3,
    "VNI": _vni,
    "CP1258": lambda name: _bytes(name).decode("cp1258"),
}
