"""What is left for an enumerator stands with the assignments; counted once for those there are."""

import django.db.models.deletion
from django.db import migrations, models

_FILL = """
UPDATE assignment SET
  round_id = (SELECT h.round_id FROM sampled_household h WHERE h.id = assignment.household_id),
  n_final = (SELECT COUNT(*) FROM case_outcome o
              WHERE o.household_id = assignment.household_id
                AND o.kind IN ('A', 'B') AND o.status = 'final')"""


def _round(*, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="fieldwork.round",
    )


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0004_fewer_checks_and_indexes")]

    operations = [
        migrations.AddField("assignment", "round", _round(null=True)),
        migrations.AddField(
            "assignment",
            "n_final",
            models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AlterField("assignment", "round", _round(null=False)),
    ]
