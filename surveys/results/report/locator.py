"""The outlines of a run's communes and who is whose neighbour, for the pages of communes."""

import json
from collections import defaultdict

from maps.locator import outlines
from maps.specification import Quality
from surveys.collection.refusal import Refused
from surveys.results.area_patterns import borders
from surveys.results.reading.figures import RunReader
from surveys.results.reading.places import units_of
from surveys.results.report.maps import shapes_of


def locator_file(found: RunReader) -> bytes:
    """As JSON; `near` is empty where no real boundaries are stored, for a sketch has none."""
    units = units_of(found.run)
    near: dict[str, list[str]] = defaultdict(list)
    try:
        for one, other in borders(list(units.values())):
            near[one].append(other)
            near[other].append(one)
    except Refused:
        near.clear()
    shapes = shapes_of(units) if units else None
    made = outlines(shapes.collection) if shapes else {}
    about = {
        "areas": {code: {"path": each.path, "box": each.box} for code, each in made.items()},
        "near": near,
        "is_sketch": shapes is None or shapes.quality is Quality.SCHEMATIC,
        "source": shapes.source if shapes else "",
        "date": shapes.valid_from if shapes else "",
    }
    return json.dumps(about, separators=(",", ":")).encode()
