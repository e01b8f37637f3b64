"""How far the field work is: for the enumerator in a sentence, for the office by village."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from surveys.fieldwork.fieldwork_counts import FieldworkCounts, FieldworkRow, counts

__all__ = ["EnumeratorProgress", "FieldworkCounts", "FieldworkRow", "counts", "sentence"]

_TODAY = """
SELECT COUNT(*) FROM submission
 WHERE submitter_id = %s AND created_at >= %s AND NOT is_draft AND deleted_at IS NULL"""
_LEFT = """
SELECT COUNT(*),
       SUM(CASE WHEN EXISTS (
         SELECT 1 FROM round_form k
          WHERE k.round_id = h.round_id AND k.kind IN ('A', 'B') AND NOT EXISTS (
            SELECT 1 FROM case_outcome o
             WHERE o.household_id = h.id AND o.kind = k.kind AND o.round_id = h.round_id
               AND o.status = 'final')) THEN 1 ELSE 0 END)
  FROM round_form f
  JOIN sampled_household h ON h.round_id = f.round_id
  JOIN assignment a ON a.household_id = h.id
 WHERE f.form_id = %s AND a.app_user_id = %s"""


@dataclass(frozen=True, slots=True)
class EnumeratorProgress:
    """What the sentence on the phone says; `left` is None where no household was assigned."""

    today: int
    left: int | None

    @property
    def vi(self) -> str:
        done = f"Hôm nay đã gửi {self.today} phiếu."
        if self.left is None:
            return done
        return f"{done} Còn {self.left} hộ." if self.left else f"{done} Đã xong mọi hộ được giao."

    @property
    def en(self) -> str:
        done = f"Sent today: {self.today}."
        if self.left is None:
            return done
        return (
            f"{done} Households left: {self.left}." if self.left else f"{done} No household left."
        )


def sentence(app_user_id: int, form_id: int | None = None) -> EnumeratorProgress:
    """Submissions of this enumerator today (Vietnamese day) and households not final yet.

    A household is left while any household form of the form's round is not final for it.
    """
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, [app_user_id, connection.ops.adapt_datetimefield_value(midnight)])
        today = cursor.fetchone()[0]
        left = None
        if form_id is not None:
            cursor.execute(_LEFT, [form_id, app_user_id])
            assigned, waiting = cursor.fetchone()
            left = int(waiting) if assigned else None
    return EnumeratorProgress(today=today, left=left)
