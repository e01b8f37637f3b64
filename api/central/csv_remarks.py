"""What an export has to say about encrypted records: missing, damaged or exchanged files."""

import csv
import io
from collections.abc import Iterator

from api.central.csv_archive import Member
from api.central.csv_tables import safe_name
from surveys.collection.encryption.opening import Opening


def remarks(form_id: str, opening: Opening) -> Iterator[Member]:
    """`F - encryption.csv`, where there is anything to say. To be read after the rest.

    Whether envelope and files belong together is checked of every record that was opened, so this
    reads their files once more.
    """
    for version_id in opening.opened:
        opening.check(version_id)
    if not opening.remarks:
        return
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["instance ID", "problem", "file"])
    for each in dict.fromkeys(opening.remarks):
        writer.writerow([each.instance_id, each.fault.value, each.name])
    data = out.getvalue().encode()
    yield Member(safe_name(f"{form_id} - encryption.csv"), iter([data]), size=len(data))
