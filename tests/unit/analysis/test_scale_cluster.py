"""A Dask scheduler and two workers, each a process of its own, give the figures of one machine."""

from __future__ import annotations

from collections.abc import Iterator

import dask.dataframe as dd
import pandas as pd
import pytest
from distributed import Client, LocalCluster

import analysis
from analysis import Design, scale
from analysis.scale import StoredDesign
from analysis.scale.cluster import DaskRows
from tests.unit.analysis.stored_rows import assert_same, survey

HOW = {"ids": "psu", "strata": "stratum", "weights": "w", "lonely_psu": "collapse"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as started,
        Client(started) as client,
    ):
        yield client


def test_two_workers_give_the_figures_of_one_machine(cluster: Client) -> None:
    frame = pd.concat([survey(rows=700, seed=seed) for seed in range(6)], ignore_index=True)
    memory = Design.from_frame(frame, **HOW)
    stored = StoredDesign(DaskRows(dd.from_pandas(frame, npartitions=12, sort=False)), **HOW)
    options = {"by": "commune", "where": "adult"}
    wanted = analysis.proportion(memory, ["yes", "overall"], **options)
    assert_same(scale.proportion(stored, ["yes", "overall"], **options), wanted)
    wanted = analysis.ratio(memory, "ontime", "dossiers", by="sex")
    assert_same(scale.ratio(stored, "ontime", "dossiers", by="sex"), wanted)
    tasks = cluster.run(lambda dask_worker: dask_worker.state.executed_count)
    assert len(tasks) == 2
    assert min(tasks.values()) > 0
