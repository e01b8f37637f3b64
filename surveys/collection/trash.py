"""What the worker does about the trash once an hour: see `deletion` and `blob_sweep`."""

import logging

from surveys.collection import blob_sweep, deletion

log = logging.getLogger("khaosat.trash")


def empty() -> None:
    """Remove what has lain in the trash for 30 days, then files that nothing names any more."""
    gone = deletion.purge_due()
    freed = blob_sweep.free_unused()
    if gone or freed:
        log.info("trash: %s submissions and forms, %s files removed", gone, freed)
