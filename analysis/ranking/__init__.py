"""Ranks, map classes and targets, each with how sure it is."""

from analysis.ranking.classes import MapClasses, map_classes
from analysis.ranking.draws import Draws, draws_of, normal_draws
from analysis.ranking.joint import JointRanks, joint_ranks
from analysis.ranking.ranks import Ranking, ranking
from analysis.ranking.targets import ErrorRate, Met, Targets, against_target

__all__ = [
    "Draws",
    "ErrorRate",
    "JointRanks",
    "MapClasses",
    "Met",
    "Ranking",
    "Targets",
    "against_target",
    "draws_of",
    "joint_ranks",
    "map_classes",
    "normal_draws",
    "ranking",
]
