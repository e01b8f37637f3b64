"""The communes that maps and pages of a run can show."""

from surveys.results.models import Estimate
from surveys.results.reading.figures import RunReader
from surveys.results.reading.places import units_of
from surveys.territory.models import AdminUnit
from surveys.territory.units import communes


def mapped_units(found: RunReader) -> dict[str, AdminUnit]:
    """Those of the sample, and those where nobody was asked but a model has a figure."""
    units = units_of(found.run)
    synthetic = Estimate.Method.SYNTHETIC.value
    told = {code for method, _, code in found.others if method == synthetic} - units.keys()
    if told:
        day = max((unit.valid_from for unit in units.values()), default=None)
        units |= {unit.code: unit for unit in communes(sorted(told), on=day)}
    return dict(sorted(units.items()))
