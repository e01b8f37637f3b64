"""What a person asks an export to be: read from a page, `/api` or a command, stored as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q

from surveys.collection.days import midnight
from surveys.collection.models import Submission
from surveys.collection.refusal import Refused

NO_REVIEW: Final = "none"  # the word for records that nobody has judged yet
REVIEWS: Final = (NO_REVIEW, *Submission.Review.values)
LANGUAGES: Final = ("vi", "en")


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    STATA = "dta"
    SPSS = "sav"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    R = "r"


class Answers(StrEnum):
    """How an answer from a list is written."""

    CODES = "codes"
    LABELS = "labels"


class OptionRefused(Refused):
    """400.2: a value that an export cannot have; `field` names it."""


@dataclass(frozen=True, slots=True)
class Options:
    """A file to make. `personal` takes in what the form declares P1 or P2."""

    format: Format
    language: str = "vi"
    answers: Answers = Answers.CODES
    since: date | None = None
    until: date | None = None
    reviews: tuple[str, ...] = ()
    personal: bool = False
    attachments: bool = False
    run: int | None = None  # of the R archive: the published run that gives the weights
    indicator: str = ""  # of the R archive: the table that it makes again

    def to_json(self) -> dict[str, Any]:
        said = asdict(self)
        said["since"] = self.since.isoformat() if self.since else None
        said["until"] = self.until.isoformat() if self.until else None
        said["reviews"] = list(self.reviews)
        return said

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Options":
        """Options from JSON, of a stranger or of our own.

        Raises
        ------
        OptionRefused : 400.2, naming the first value that does not fit.
        """
        since, until = _day(said, "since"), _day(said, "until")
        if since and until and until < since:
            raise OptionRefused(400.2, field="until")
        return cls(
            format=Format(_word(said, "format", tuple(Format))),
            language=_word(said, "language", LANGUAGES, default="vi"),
            answers=Answers(_word(said, "answers", tuple(Answers), default=Answers.CODES)),
            since=since,
            until=until,
            reviews=_reviews(said),
            personal=_flag(said, "personal"),
            attachments=_flag(said, "attachments"),
            run=_number(said, "run"),
            indicator=_text(said, "indicator"),
        )

    def wanted(self) -> Q:
        """The filter on submissions; days are days in Viet Nam."""
        found = Q()
        if self.since:
            found &= Q(created_at__gte=midnight(self.since))
        if self.until:
            found &= Q(created_at__lt=midnight(self.until + timedelta(days=1)))
        if self.reviews:
            judged = Q(review_state__in=[each for each in self.reviews if each != NO_REVIEW])
            found &= judged | Q(review_state=None) if NO_REVIEW in self.reviews else judged
        return found


def _word(
    said: Mapping[str, Any], name: str, allowed: tuple[str, ...], *, default: str = ""
) -> str:
    value = said.get(name) or default
    if value not in allowed:
        raise OptionRefused(400.2, field=name)
    return str(value)


def _day(said: Mapping[str, Any], name: str) -> date | None:
    value = said.get(name)
    if value is None or value == "" or isinstance(value, date):
        return value or None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise OptionRefused(400.2, field=name) from error
    if not 1900 <= day.year <= 9000:  # further out no database can be asked
        raise OptionRefused(400.2, field=name)
    return day


def _reviews(said: Mapping[str, Any]) -> tuple[str, ...]:
    value = said.get("reviews") or ()
    if not isinstance(value, list | tuple) or not all(each in REVIEWS for each in value):
        raise OptionRefused(400.2, field="reviews")
    return tuple(dict.fromkeys(value))


def _flag(said: Mapping[str, Any], name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise OptionRefused(400.2, field=name)
    return value


def _number(said: Mapping[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise OptionRefused(400.2, field=name)
    return value


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name) or ""
    if not isinstance(value, str) or len(value) > 40 or "\x00" in value:
        raise OptionRefused(400.2, field=name)
    return value
