"""The catalogue of problems as data, in order of status; `api.problems` is its face to HTTP.

`docs/problems.md` lists it for readers; `as_markdown` makes that page and a test compares them.

The data are in the modules `problems_…`, one a subject or a range of codes. The catalogue stands
in this room, below the APIs, because pages, jobs and commands say the same sentences as the APIs.
A text may hold {details} of the refusal.
"""

from collections.abc import Mapping
from typing import Final

from surveys.collection import (
    problems_areas,
    problems_entities,
    problems_exports,
    problems_from_401,
    problems_keeping,
    problems_maps,
    problems_outreach,
    problems_people,
    problems_readout,
    problems_to_400,
    problems_webhooks,
)
from surveys.collection.problem import Problem, filled

__all__ = ["CATALOGUE", "PROBLEMS", "SERVER_FAULT", "Problem", "as_markdown", "filled", "get"]

PROBLEMS: Final[tuple[Problem, ...]] = tuple(
    sorted(
        (
            *problems_to_400.PROBLEMS,
            *problems_from_401.PROBLEMS,
            *problems_entities.PROBLEMS,
            *problems_readout.PROBLEMS,
            *problems_exports.PROBLEMS,
            *problems_keeping.PROBLEMS,
            *problems_areas.PROBLEMS,
            *problems_maps.PROBLEMS,
            *problems_outreach.PROBLEMS,
            *problems_people.PROBLEMS,
            *problems_webhooks.PROBLEMS,
        ),
        key=lambda problem: problem.status,
    )
)
CATALOGUE: Final[Mapping[float, Problem]] = {problem.code: problem for problem in PROBLEMS}
SERVER_FAULT: Final = 500.1


def get(code: float | str) -> Problem:
    """The problem of a code; an unknown code is our own fault and reads as 500.1."""
    return CATALOGUE.get(float(code), CATALOGUE[SERVER_FAULT])


def as_markdown() -> str:
    """`docs/problems.md`."""
    lines = [
        "# Problems",
        "",
        "Every refusal carries one of these codes; the whole part is the HTTP status.",
        "This page is made by `python manage.py problems > docs/problems.md`.",
        "",
        "| code | Tiếng Việt | English |",
        "|---|---|---|",
    ]
    lines += [f"| {problem.code} | {problem.vi} | {problem.en} |" for problem in PROBLEMS]
    return "\n".join(lines) + "\n"
