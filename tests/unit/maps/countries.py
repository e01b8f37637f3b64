"""A country small enough for a test: squares side by side, more than are drawn as SVG."""

from typing import Any

from maps.body import COUNTRY
from maps.specification import AGAINST, TARGET, MapArea, MapSpec, Status
from tests.unit.maps.examples import HOSTILE, TOO_FEW_EN, TOO_FEW_VI, spec

SIDE = 21  # squares in a row: 441
assert SIDE**2 > COUNTRY
NAMES = {5: HOSTILE, 6: "phường Đồng Hới", 7: "xã Hoà Bình"}


def squares() -> dict[str, Any]:
    """Neighbours that share their edges."""

    def square(at: int) -> list[list[float]]:
        x, y = 104 + at % SIDE * 0.2, 10 + at // SIDE * 0.2
        return [[x, y], [x + 0.2, y], [x + 0.2, y + 0.2], [x, y + 0.2], [x, y]]

    features = [
        {
            "type": "Feature",
            "properties": {"code": f"{at:05}"},
            "geometry": {"type": "Polygon", "coordinates": [square(at)]},
        }
        for at in range(SIDE**2)
    ]
    return {"type": "FeatureCollection", "features": features}


def areas(shift: float = 0.0) -> tuple[MapArea, ...]:
    """Every third unpublished, every fifth with caution, the rest published."""
    return tuple(_area(at, shift) for at in range(SIDE**2))


def country(shift: float = 0.0, **changes: Any) -> MapSpec:
    return spec(areas(shift), **changes)


def _area(at: int, shift: float) -> MapArea:
    code, name = f"{at:05}", NAMES.get(at, f"xã Thứ {at}")
    if at % 3 == 0:
        return MapArea(
            code, name, Status.UNPUBLISHED, n=9, reason_vi=TOO_FEW_VI, reason_en=TOO_FEW_EN
        )
    value = 0.3 + 0.6 * at / SIDE**2 + shift
    is_caution = at % 5 == 0
    reason = HOSTILE if is_caution else ""
    return MapArea(
        code,
        name,
        Status.CAUTION if is_caution else Status.PUBLISHED,
        value,
        value - 0.02,
        value + 0.03,
        n=100 + at,
        reason_vi=reason,
        reason_en=reason,
        url=f"/communes/{code}/",
        within=HOSTILE if at == 7 else "Quảng Trị",
        against=AGAINST[at % 4],
        target=TARGET[at % 3],
    )
