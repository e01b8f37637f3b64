"""What the enumerator reads after sending."""

import logging
from typing import Final

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from api.openrosa.answers import said
from surveys.collection.arrival import Admission, Outcome, Receipt
from surveys.fieldwork import progress
from surveys.fieldwork.progress import EnumeratorProgress

log = logging.getLogger("khaosat.openrosa")

# Outcome → Vietnamese, English
SENTENCES: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.CREATED: ("Đã nhận phiếu.", "Submission stored."),
    Outcome.UNCHANGED: (
        "Máy chủ đã có phiếu này, không bị trùng.",
        "The server has this submission already; it is counted once.",
    ),
    Outcome.ATTACHED: ("Đã nhận thêm tệp của phiếu.", "Further files of the submission stored."),
    Outcome.EDITED: ("Đã nhận bản sửa của phiếu.", "Edit of the submission stored."),
}


def stored(
    request: HttpRequest,
    receipt: Receipt,
    admitted: Admission,
    counts: EnumeratorProgress | None = None,
) -> HttpResponseBase:
    """Stored; how many today; how many households are left (counted here unless it was before)."""
    vi, en = SENTENCES[receipt.outcome]
    if admitted.is_phone and admitted.actor_id is not None:
        try:
            done = counts or progress.sentence(admitted.actor_id, receipt.form_id)
            vi, en = f"{vi} {done.vi}", f"{en} {done.en}"
        except DatabaseError as error:  # it is stored all the same, and the phone must hear that
            log.warning("no counts for the enumerator: %s", error)
    return said(request, 201, vi, en)
