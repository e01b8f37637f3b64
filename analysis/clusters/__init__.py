"""Whether neighbouring areas are alike: Moran's I, and where, with the errors that it needs."""

from analysis.clusters.local import Cluster, LocalMoran, local_moran
from analysis.clusters.moran import GlobalMoran, moran, sampling_share
from analysis.clusters.weights import NeighbourWeights

__all__ = [
    "Cluster",
    "GlobalMoran",
    "LocalMoran",
    "NeighbourWeights",
    "local_moran",
    "moran",
    "sampling_share",
]
