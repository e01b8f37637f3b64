"""One task in a process of its own: CPU seconds, and the memory that data and task have taken.

python -m tests.bench.estimation_parts.child {yardstick|engine} TASK FOLDER
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.estimation_parts import tasks


def peak_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel tells no peak of memory")


def main(tool: str, task: str, folder: str) -> None:
    tasks.engine(tasks.sample()) if tool == "engine" else None
    imported = peak_mb()
    frame = tasks.survey(Path(folder))
    data = frame.memory_usage(deep=True).sum() / 2**20
    run = getattr(tasks, tool)(frame)[task]
    begun, wall = time.process_time(), time.perf_counter()
    run()
    found = {
        "cpu": time.process_time() - begun,
        "wall": time.perf_counter() - wall,
        "memory": peak_mb() - imported,
        "data": data,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
