"""Why a file cannot be made, in both languages, with what to do instead."""

from typing import NoReturn

from surveys.collection.jobs import JobRefused


def refuse(vi: str, en: str, remedy_vi: str, remedy_en: str) -> NoReturn:
    """Raise `JobRefused`: the job ends and its page says this."""
    raise JobRefused([{"vi": vi, "en": en, "remedy_vi": remedy_vi, "remedy_en": remedy_en}])
