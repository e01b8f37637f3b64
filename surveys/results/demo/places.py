"""Six communes of old Như Thanh district after 1 July 2025, and the old communes within them.

Names and codes are real (Decision 19/2025/QĐ-TTg); numbers of villages and households, and every
answer, are synthetic.
"""

from dataclasses import dataclass
from datetime import date

ADMIN_VERSION = date(2025, 7, 1)
PROVINCE_CODE = "38"


@dataclass(frozen=True, slots=True)
class Legacy:
    """An old commune: how many villages it brings into the new one."""

    name: str
    n_villages: int
    is_urban: bool = False


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today. `effect` shifts readiness, `service` satisfaction, on the logit scale."""

    code: str
    name: str
    lat: float
    lon: float
    effect: float
    service: float
    legacy: tuple[Legacy, ...]


COMMUNES = (
    Commune(
        "16228", "Như Thanh", 19.630, 105.577, 0.45, 0.15,
        (
            Legacy("Bến Sung", 22, is_urban=True),
            Legacy("Xuân Khang", 16),
            Legacy("Hải Long", 14),
            Legacy("Yên Thọ (một phần)", 4),
        ),
    ),
    Commune(
        "16234", "Xuân Du", 19.730, 105.580, 0.10, 0.05,
        (Legacy("Cán Khê", 15), Legacy("Xuân Du", 16), Legacy("Phượng Nghi", 13)),
    ),
    Commune(
        "16249", "Mậu Lâm", 19.690, 105.520, 0.00, -0.25,
        (Legacy("Mậu Lâm", 22), Legacy("Phú Nhuận", 20)),
    ),
    Commune(
        "16258", "Xuân Thái", 19.560, 105.520, -0.55, 0.30,
        (Legacy("Xuân Thái", 36),),
    ),
    Commune(
        "16264", "Yên Thọ", 19.580, 105.640, 0.20, 0.00,
        (Legacy("Xuân Phúc", 14), Legacy("Yên Lạc", 13), Legacy("Yên Thọ", 19)),
    ),
    Commune(
        "16273", "Thanh Kỳ", 19.480, 105.620, -0.40, -0.15,
        (Legacy("Thanh Kỳ", 22), Legacy("Thanh Tân", 18)),
    ),
)  # fmt: skip
