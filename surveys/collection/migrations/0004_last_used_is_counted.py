from django.db import migrations


class Migration(migrations.Migration):
    """When a phone was last used is read from its submissions; the column was never written."""

    dependencies = [
        ("collection", "0003_one_index_a_column"),
    ]

    operations = [
        migrations.RemoveField(model_name="appuser", name="last_used_at"),
    ]
