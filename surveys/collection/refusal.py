"""The one kind of exception by which this room says no to a person.

A refusal carries a code of the catalogue `surveys.collection.problems`; the sentence in both
languages stands there, so that a page, `/v1` and a command say the same.
"""

from typing import Any

from surveys.collection import problems


class Refused(Exception):
    """What was asked for cannot be done; `code` says why, `details` fill the sentence."""

    def __init__(self, code: float, **details: Any) -> None:
        super().__init__(f"{code} {details}" if details else str(code))
        self.code = code
        self.details = details

    @property
    def vi(self) -> str:
        """What the person reads in Vietnamese."""
        return problems.get(self.code).vi_with(self.details)

    @property
    def en(self) -> str:
        """What the person reads in English."""
        return problems.get(self.code).en_with(self.details)
