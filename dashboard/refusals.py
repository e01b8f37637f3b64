"""The catalogue's sentence for a refusal, in the language of the page."""

from dashboard.presentation.formats import pick
from surveys.collection import problems
from surveys.collection.refusal import Refused


def sentence(refusal: Refused) -> str:
    """What went wrong and what to do next, for the person who reads the page."""
    return pick(refusal.vi, refusal.en)


def of_code(code: float | str) -> str:
    """The sentence of a stored reason, such as that of a quarantined submission."""
    problem = problems.get(code)
    return pick(problem.vi_with({}), problem.en_with({}))
