"""Who may read a run: before it is published, fewer."""

from surveys.collection import rights
from surveys.collection.rights import Right, Who
from surveys.results.models import Run


def require_run(who: Who, run: Run) -> None:
    """Raise `rights.Forbidden` unless a person may read the run."""
    right = Right.READ_RUNS if run.published_at is not None else Right.READ_UNPUBLISHED_RUNS
    rights.require(who, right, run.round.project)
