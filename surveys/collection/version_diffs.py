"""What each edit of a submission changed."""

from dataclasses import dataclass
from itertools import pairwise

from forms.instance import MalformedInstance, parse_instance
from forms.instance_diff import Change, instance_diff
from surveys.collection.models import Submission, SubmissionVersion
from surveys.collection.schemas import schema_of


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """A version and what it changed against the one before it."""

    newer: SubmissionVersion
    older: SubmissionVersion
    changes: tuple[Change, ...]


def of_submission(submission: Submission) -> list[VersionDiff]:
    """The steps from version to version, newest first; a purged submission has none."""
    versions = list(
        SubmissionVersion.objects.filter(submission=submission)
        .select_related("submitter", "form_version")
        .defer("form_version__xform", "form_version__workbook", "form_version__schema")
        .order_by("-created_at", "-id")
    )
    return [
        VersionDiff(newer, older, _changes(older, newer)) for newer, older in pairwise(versions)
    ]


def _changes(older: SubmissionVersion, newer: SubmissionVersion) -> tuple[Change, ...]:
    try:
        roots = [parse_instance(bytes(each.xml)) for each in (older, newer)]
    except MalformedInstance:  # erased or purged: nothing to compare
        return ()
    return instance_diff(roots[0], roots[1], _repeats(older) | _repeats(newer))


def _repeats(version: SubmissionVersion) -> frozenset[str]:
    """Paths of the repeats of its form version, below the root."""
    schema = schema_of(version.form_version_id, version.form_version.md5)
    return frozenset(
        table.path.strip("/").partition("/")[2] for table in schema.tables if table.name
    )
