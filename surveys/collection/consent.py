"""The proof that somebody agreed: to which words, when, and that the form showed these words.

Nothing is stored for it: the text stands in the published form version, which never changes, the
answer and its time in the record, and the hash in both. A form asks for consent when it has a
question `consent` or `p_consent`; its text is that of `consent_txt` or of the question itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from forms.placeholders import consent_texts
from surveys.collection.models import FormVersion

ANSWERS: Final = ("consent", "p_consent")
MOMENT: Final = "consent_at"
HASH: Final = "consent_version"


class State(StrEnum):
    GIVEN = "yes"  # to the words of the record's form version
    OTHER_TEXT = "yes, other text"  # the record names other words than its form version shows
    REFUSED = "no"
    NOT_ASKED = ""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a form version shows; `sha256` is that of all languages, `short` its beginning."""

    texts: Mapping[str, str]
    sha256: str

    @property
    def short(self) -> str:
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Proof:
    state: State
    text: ConsentText
    said_hash: str  # what the record names; "" = its form has no such value
    at: str  # as the phone wrote it; "" = it did not

    @property
    def is_asked(self) -> bool:
        return self.state is not State.NOT_ASKED


def proof(text: ConsentText, values: Mapping[str, str]) -> Proof:
    """The proof of a record: its root values and the text of the form version that it has."""
    said = {column.rpartition("/")[2]: text for column, text in values.items()}
    answer = next((said[name] for name in ANSWERS if said.get(name)), "")
    said_hash = said.get(HASH, "")
    if not answer:
        state = State.NOT_ASKED
    elif answer != "yes":
        state = State.REFUSED
    else:
        state = State.GIVEN if said_hash in ("", text.short) else State.OTHER_TEXT
    return Proof(state, text, said_hash, said.get(MOMENT, ""))


class Texts:
    """The texts of the form versions that one read-out meets, each read once."""

    def __init__(self) -> None:
        self._known: dict[int, ConsentText] = {}

    def of(self, version_id: int) -> ConsentText:
        if version_id not in self._known:
            self._known[version_id] = text_of(version_id)
        return self._known[version_id]


def text_of(version_id: int) -> ConsentText:
    """The consent text of a form version."""
    xform = FormVersion.objects.values_list("xform", flat=True).get(pk=version_id)
    texts = consent_texts(bytes(xform))
    return ConsentText(texts, hashlib.sha256("\n".join(texts.values()).encode()).hexdigest())
