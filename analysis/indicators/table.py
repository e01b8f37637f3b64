"""All indicators in one table, found by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from analysis.indicators.digital_table import DIGITAL
from analysis.indicators.satisfaction_table import SATISFACTION
from analysis.indices.definition import Definition

TABLE: Final[Mapping[str, Definition]] = MappingProxyType(
    {each.id: each for each in (*DIGITAL, *SATISFACTION)}
)
