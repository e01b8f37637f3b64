"""One task in a process of its own: CPU seconds, and the memory that data and task have taken.

python -m tests.bench.estimation_parts.child {yardstick|engine} TASK FILE
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.parquet as pq

from tests.bench.estimation_parts import tasks


def memory_mb(line: str) -> float:
    """`VmRSS`, what this process holds, or `VmHWM`, the most since `forget_peak`."""
    for each in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if each.startswith(f"{line}:"):
            return int(each.split()[1]) / 1024
    raise RuntimeError(f"the kernel tells no {line}")


def forget_peak() -> None:
    """The peak of reading the file is none of the task's."""
    pyarrow.default_memory_pool().release_unused()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def main(tool: str, task: str, file: str) -> None:
    group = next(pq.ParquetFile(file).iter_batches(20_000)).to_pandas()
    tasks.prepared(tool, task, group)()  # whatever is imported late is imported now
    imported = memory_mb("VmRSS")
    frame = pd.read_parquet(file)
    run = tasks.prepared(tool, task, frame)
    forget_peak()
    begun, wall = time.process_time(), time.perf_counter()
    run()
    found = {
        "cpu": time.process_time() - begun,
        "wall": time.perf_counter() - wall,
        "memory": memory_mb("VmHWM") - imported,
        "data": frame.memory_usage(deep=True, index=False).sum() / 2**20,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
