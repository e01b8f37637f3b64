"""Where teams that help people should go: an integer programme, its naive rivals, its doubts."""

from analysis.outreach.draws import AreaShares, needs_of
from analysis.outreach.planning import Planned, Villages, planned
from analysis.outreach.reach import Reach
from analysis.outreach.refusals import OutreachRefused, Refusal
from analysis.outreach.scenario import KINDS, HelpKind, Scenario, Travel
from analysis.outreach.villages import VillageSize, between_villages
from analysis.outreach.yields import Needs

__all__ = [
    "KINDS",
    "AreaShares",
    "HelpKind",
    "Needs",
    "OutreachRefused",
    "Planned",
    "Reach",
    "Refusal",
    "Scenario",
    "Travel",
    "VillageSize",
    "Villages",
    "between_villages",
    "needs_of",
    "planned",
]
