"""A small picture of where a commune lies: its outline, those about it, and its neighbours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from surveys.collection.blobs import open_blob
from surveys.results.models import Artefact, Run

LOCATOR: Final = "locator.json"
AROUND: Final = 1.6  # of its own size, on each side
FEWEST: Final = 9  # areas, below which the whole round is shown
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """One outline of the picture."""

    code: str
    path: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Locator:
    """`view_box` as SVG has it; `near` are the codes of those that share a border."""

    view_box: str
    shapes: tuple[Shape, ...]
    near: tuple[str, ...]
    is_sketch: bool
    source: str
    date: str


def locator(run: Run, code: str) -> Locator | None:
    """The picture of a commune; None where the run has none of it."""
    kept = Artefact.objects.filter(run=run, kind="locator", name=LOCATOR).first()
    if kept is None:
        return None
    with open_blob(kept.sha256) as file:
        known: Mapping[str, Any] = json.load(file)
    areas = known["areas"]
    if code not in areas:
        return None
    view = _view([each["box"] for each in areas.values()], areas[code]["box"])
    shapes = [
        Shape(each, about["path"], each == code)
        for each, about in sorted(areas.items())
        if _meets(about["box"], view)
    ]
    left, top, right, bottom = view
    return Locator(
        view_box=f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}",
        shapes=tuple(sorted(shapes, key=lambda each: each.is_here)),  # drawn last, on top
        near=tuple(sorted(known["near"].get(code, ()))),
        is_sketch=known["is_sketch"],
        source=known["source"],
        date=known["date"],
    )


def _view(boxes: list[Box], own: Box) -> Box:
    """Everything of a small round; of a large one the commune with some of what lies about it."""
    whole = (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
    rim = 0.02 * max(whole[2] - whole[0], whole[3] - whole[1], 1)
    if len(boxes) > FEWEST:
        size = AROUND * max(own[2] - own[0], own[3] - own[1], 1)
        whole = (
            max(whole[0], own[0] - size),
            max(whole[1], own[1] - size),
            min(whole[2], own[2] + size),
            min(whole[3], own[3] + size),
        )
    return (whole[0] - rim, whole[1] - rim, whole[2] + rim, whole[3] + rim)


def _meets(box: Box, view: Box) -> bool:
    return box[0] <= view[2] and box[2] >= view[0] and box[1] <= view[3] and box[3] >= view[1]
