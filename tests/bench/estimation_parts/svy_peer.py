"""svy (Python): one task on the bench's survey. Runs in the peer's own environment.

python svy_peer.py TASK FILE
"""

import json
import sys
import time

import polars as pl
import svy

ITEMS = ["smartphone", "bank", "online_service", "qr_pay"]
TASK, FILE = sys.argv[1:]

table = pl.read_parquet(FILE)
whole = ["province", "commune", "urban", "stratum", "village", "sexage"]
table = table.with_columns([pl.col(name).cast(pl.Int64) for name in whole])
with open(FILE + ".margins.json", encoding="utf-8") as file:  # noqa: PTH123 # no house style in the peer
    read = json.load(file)
controls = {
    name: {int(cell): people for cell, people in cells.items()} for name, cells in read.items()
}

begun, wall = time.process_time(), time.perf_counter()
sample = svy.Sample(table, svy.Design(stratum="stratum", psu="village", wgt="w"))
if TASK == "mean":
    sample.estimation.mean(ITEMS)
elif TASK == "by-commune":
    sample.estimation.mean(ITEMS, by="commune")
elif TASK == "rake":
    sample.weighting.rake(controls=controls, tol=1e-8, max_iter=200)
elif TASK == "bootstrap":
    sample.weighting.create_bs_wgts(200, rstate=1).estimation.mean(ITEMS, method="replication")
found = {"cpu": time.process_time() - begun, "wall": time.perf_counter() - wall}
print(json.dumps(found))
