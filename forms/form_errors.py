"""What is wrong with a form, for the person who wrote it: place, fact and remedy, vi and en."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormError:
    """One fault. ``sheet``, ``row`` (as the spreadsheet counts) and ``column`` where known."""

    sheet: str
    row: int | None
    column: str
    message_vi: str
    message_en: str
    remedy_vi: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class FormNote:
    """Something that does not stop the form but deserves a look."""

    sheet: str
    row: int | None
    message_vi: str
    message_en: str


class FormRefused(ValueError):
    """The form cannot be published; ``errors`` says everything that was found."""

    def __init__(self, errors: tuple[FormError, ...]) -> None:
        super().__init__("; ".join(each.message_en for each in errors))
        self.errors = errors


def refuse(message_vi: str, message_en: str, remedy_vi: str, remedy_en: str) -> FormRefused:
    """A refusal of the whole file.

    Examples
    --------
    >>> refuse("Tệp trống.", "Empty file.", "Chọn tệp khác.", "Choose another.").errors[0].row
    """
    return FormRefused((FormError("", None, "", message_vi, message_en, remedy_vi, remedy_en),))
