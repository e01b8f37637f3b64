"""CPU and memory of process trees, from /proc (Linux only)."""

import os
from collections.abc import Iterator
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for pid, fields in _stats():
        children.setdefault(int(fields[1]), []).append(pid)
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """CPU that a tree has used; with that of children which ended."""
    own = set(tree(root))
    ticks = 0
    for pid, fields in _stats():
        if pid in own:
            ticks += sum(int(each) for each in fields[11:15])
    return ticks / TICKS


def memory_mb(root: int, *, without: str = "\0") -> float:
    """Proportional memory (shared pages once) of a tree, but for command lines with a word."""
    kilobytes = 0
    for pid in tree(root):
        try:
            if without in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0"):
                continue
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def _stats() -> Iterator[tuple[int, list[str]]]:
    """Pid and the fields of its stat line from the state on."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            yield int(folder.name), text.rpartition(")")[2].split()
