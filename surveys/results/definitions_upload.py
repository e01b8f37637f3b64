"""A round's file of indicators on its way in: taken by a page, checked and stored by the worker."""

from typing import Final

from surveys.collection import jobs, rights
from surveys.collection.models import Actor, Job
from surveys.collection.refusal import Refused
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round

KIND: Final = "round_definitions"
LARGEST: Final = 500_000
NAME_LENGTH: Final = 100


def start(actor: Actor, round_: Round, name: str, content: bytes) -> Job:
    """Check a file and let the round's next run use it; empty content takes the file away.

    Raises
    ------
    Forbidden : without the right to manage the rounds of the project.
    Refused : 413.1 the file is larger than any definition file.
    """
    rights.require(actor, Right.MANAGE_ROUNDS, round_.project)
    if len(content) > LARGEST:
        raise Refused(413.1)
    payload = {"definitions_of_round": round_.pk, "filename": name[:NAME_LENGTH]}
    return jobs.enqueue(KIND, payload, upload=content, actor=actor)
