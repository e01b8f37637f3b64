"""The household list as staff see it among the entity lists: all of it, read-only.

What forms say of a household (`update` of `sampled_hh`) is kept with their submissions and shown
beside it; it never becomes the list, which is made from the sample and the outcomes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Min

from forms.entities import EntityChange, read_entities
from surveys.collection.blank_forms import GENERATED_LIST
from surveys.collection.models import EntityProperty, Project, SubmissionVersion
from surveys.collection.schemas import schema_of
from surveys.fieldwork import household_list
from surveys.fieldwork.models import CaseOutcome, Round, SampledHousehold, Visit

CHUNK: Final = 1000
MOST: Final = 2**62  # above every key
# Without name, label and __version, which every list has.
COLUMNS: Final = household_list.HEADER[3:]


@dataclass(frozen=True, slots=True)
class GeneratedList:
    """The list of a project that has a sample."""

    project_id: int
    name: str
    created_at: datetime
    updated_at: datetime | None
    n_households: int

    @property
    def properties(self) -> list[EntityProperty]:
        return [EntityProperty(name=name, created_at=self.created_at) for name in COLUMNS]


@dataclass(frozen=True, slots=True)
class Household:
    """A household as its list says it; `data` by the names of `COLUMNS`."""

    key: int
    name: str
    label: str
    version: int
    data: dict[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What one submission said of a household."""

    instance_id: str
    xml_form_id: str
    form_id: int
    submission_id: int
    submitter_id: int | None
    sent_at: datetime
    change: EntityChange


def of_project(project: Project) -> GeneratedList | None:
    """The list, if any round of the project has a sample."""
    n_households = SampledHousehold.objects.filter(round__project=project).count()
    if not n_households:
        return None
    first = Round.objects.filter(project=project).aggregate(at=Min("created_at"))["at"]
    changed = CaseOutcome.objects.filter(round__project=project).aggregate(at=Max("updated_at"))
    return GeneratedList(project.pk, GENERATED_LIST, first, changed["at"], n_households)


def page(project_id: int, before: int | None = None, limit: int = CHUNK) -> list[Household]:
    """Households, the newest first; `before` is the key of the last one seen."""
    lines = household_list.staff_lines(project_id, MOST if before is None else before, limit)
    return [_household(key, line) for key, line in lines]


def rows(project_id: int) -> Iterator[Household]:
    """All of them, in constant memory."""
    last: int | None = None
    while found := page(project_id, last):
        yield from found
        last = found[-1].key


def find(project_id: int, name: str) -> Household | None:
    line = household_list.staff_line(project_id, name) if "\x00" not in name else None
    return _household(0, line) if line is not None else None


def said_of(project_id: int, name: str) -> list[Said]:
    """What submissions said of a household, the oldest first: kept, never applied."""
    submissions = Visit.objects.filter(
        household__name=name, household__round__project=project_id, submission__deleted_at=None
    ).values("submission_id")
    versions = SubmissionVersion.objects.select_related("submission__form", "form_version").filter(
        submission__in=submissions, is_current=True
    )
    return [
        each for row in versions.order_by("submission__created_at") for each in _said(row, name)
    ]


def _said(row: SubmissionVersion, name: str) -> Iterator[Said]:
    schema = schema_of(row.form_version_id, row.form_version.md5)
    submission = row.submission
    for change in read_entities(schema, bytes(row.xml)):
        if change.dataset == GENERATED_LIST and change.entity_id == name:
            yield Said(
                submission.instance_id,
                submission.form.xml_form_id,
                submission.form_id,
                submission.pk,
                submission.submitter_id,
                submission.created_at,
                change,
            )


def _household(key: int, line: Sequence[Any]) -> Household:
    name, label, version, *values = line
    return Household(
        key,
        name,
        label,
        version,
        {
            column: "" if value is None else str(value)
            for column, value in zip(COLUMNS, values, strict=True)
        },
    )
