"""What a pull has done, in a file: a second run skips it without asking the other server again.

The file only saves time. Everything that is stored may be stored twice, so a line that a crash
left out does no harm.
"""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings


@dataclass
class Ledger:
    """Lines of form, instanceID and stamp; a line that was cut off by a crash is none."""

    path: Path
    _done: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, origin: str, project_id: int) -> "Ledger":
        """The ledger of pulling from an address into a project."""
        name = hashlib.sha256(f"{origin} {project_id}".encode()).hexdigest()[:32]
        folder = Path(settings.HOME) / "imports"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = cls(folder / f"{name}.done")
        made._read()
        return made

    def has(self, form_id: str, instance_id: str, stamp: str) -> bool:
        """Whether it was put down as it stands there now."""
        return self._done.get((form_id, instance_id)) == stamp

    def note(self, form_id: str, instance_id: str, stamp: str) -> None:
        """Say that it is put down; after the commit that stored it."""
        self._done[form_id, instance_id] = stamp
        line = "\t".join(map(_plain, (form_id, instance_id, stamp)))
        with self.path.open("ab") as file:
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> None:
        if not self.path.exists():
            return
        whole = self.path.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):  # cut off by a crash: the next line must begin anew
            os.truncate(self.path, len(kept))
        for line in kept.decode("utf-8", "replace").splitlines():
            parts = line.split("\t")
            if len(parts) == 3:
                self._done[parts[0], parts[1]] = parts[2]


def _plain(text: str) -> str:
    return " ".join(text.split())
