"""Under which name a file of a submission stands, when the sender's is not the one in the XML."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from surveys.collection.arrival import FileArrived


def settled(expected: Sequence[str], files: Sequence[FileArrived]) -> tuple[FileArrived, ...]:
    """The files of one upload, each under one name; the same upload settles the same way again.

    A name that another system wrote in other code points (`ả` as one or as two) is the expected
    one. Of two files with one name the first has it; the other stands beside it as "name (2)".
    """
    if not files:
        return ()
    wanted = set(expected)
    spelled = {unicodedata.normalize("NFC", name): name for name in sorted(wanted, reverse=True)}
    sent = wanted | {file.name for file in files}
    taken: dict[str, str] = {}
    found = []
    for file in files:
        name = file.name
        if name not in wanted:
            name = spelled.get(unicodedata.normalize("NFC", name), name)
        number = 1
        free = name
        while taken.get(free, file.blob.sha256) != file.blob.sha256:
            number += 1
            while (free := _numbered(name, number)) in sent:
                number += 1
        taken[free] = file.blob.sha256
        found.append(file if free == file.name else replace(file, name=free))
    return tuple(found)


def _numbered(name: str, number: int) -> str:
    path = PurePosixPath(name)
    return f"{name.removesuffix(path.suffix)} ({number}){path.suffix}"
