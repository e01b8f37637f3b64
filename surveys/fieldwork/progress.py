"""How far the field work is: for the enumerator in a sentence, for the office by village."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from surveys.collection import statements
from surveys.collection.statements import Asked, Row
from surveys.fieldwork.fieldwork_counts import FieldworkCounts, FieldworkRow, counts

__all__ = ["EnumeratorProgress", "FieldworkCounts", "FieldworkRow", "counts", "sentence"]

# One prepared statement, for it runs with every upload. Today's count stops at MOST: nobody
# visits more, and a script that sends for hours must not make its own answers slower and slower.
# The order says which index: with the limit alone PostgreSQL reads a table of a million from its
# beginning, sure to meet two hundred soon.
_COUNTS = """
WITH k AS MATERIALIZED (
  SELECT f.round_id,
         (SELECT COUNT(*) FROM round_form e
           WHERE e.round_id = f.round_id AND e.kind IN ('A', 'B')) AS n
    FROM round_form f WHERE f.form_id = $3)
SELECT (SELECT COUNT(*)
          FROM (SELECT 1 FROM submission s
                 WHERE s.submitter_id = $1 AND s.created_at >= $2
                   AND NOT s.is_draft AND s.deleted_at IS NULL
                 ORDER BY s.created_at LIMIT 200) AS sent),
       COUNT(*),
       SUM(CASE WHEN a.n_final < k.n THEN 1 ELSE 0 END)
  FROM k
  JOIN assignment a ON a.app_user_id = $1 AND a.round_id = k.round_id"""


MOST = 200  # the LIMIT above


@dataclass(frozen=True, slots=True)
class EnumeratorProgress:
    """What the sentence on the phone says; `left` is None where no household was assigned.

    `today` is no more than `MOST`, which then stands for itself and everything above.
    """

    today: int
    left: int | None

    @property
    def vi(self) -> str:
        more = " trở lên" if self.today >= MOST else ""
        done = f"Hôm nay đã gửi {self.today} phiếu{more}."
        if self.left is None:
            return done
        return f"{done} Còn {self.left} hộ." if self.left else f"{done} Đã xong mọi hộ được giao."

    @property
    def en(self) -> str:
        done = f"Sent today: {self.today}{' or more' if self.today >= MOST else ''}."
        if self.left is None:
            return done
        return (
            f"{done} Households left: {self.left}." if self.left else f"{done} No household left."
        )


def sentence(app_user_id: int, form_id: int | None = None) -> EnumeratorProgress:
    """Submissions of this enumerator today (Vietnamese day) and households not final yet.

    A household is left while any household form of the form's round is not final for it.
    """
    asked = question(app_user_id, form_id)
    return answer(statements.run(asked.sql, asked.parameters))


def question(app_user_id: int, form_id: int | None) -> Asked:
    """What `sentence` asks, to be run with other statements."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    since = connection.ops.adapt_datetimefield_value(midnight)
    return Asked(_COUNTS, (app_user_id, since, form_id))


def answer(rows: list[Row]) -> EnumeratorProgress:
    ((today, assigned, waiting),) = rows
    return EnumeratorProgress(today=today, left=int(waiting) if assigned else None)
