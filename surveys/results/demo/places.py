"""Six communes of old Như Thanh district after 1 July 2025, the old communes within them, and
twenty communes around.

Names and codes are real (Decision 19/2025/QĐ-TTg); numbers of villages and households, and every
answer, are synthetic.
"""

from dataclasses import dataclass
from datetime import date

ADMIN_VERSION = date(2025, 7, 1)


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

# Twenty communes and wards around them, each asked too little for a figure of its own.
WIDER = tuple(
    Commune(code, name, lat, lon, effect, service, (Legacy(name, 12, is_urban=is_urban),))
    for code, name, lat, lon, effect, service, is_urban in (
        ("16174", "Như Xuân", 19.643, 105.495, -0.30, 0.20, False),
        ("16342", "Thăng Bình", 19.591, 105.658, 0.10, -0.40, False),
        ("16279", "Nông Cống", 19.633, 105.659, 0.25, 0.10, False),
        ("16369", "Công Chính", 19.535, 105.668, -0.15, 0.50, False),
        ("16309", "Thắng Lợi", 19.680, 105.663, 0.05, -0.20, False),
        ("16363", "Tượng Lĩnh", 19.566, 105.711, -0.05, 0.30, False),
        ("15715", "Tân Ninh", 19.754, 105.609, 0.20, -0.60, False),
        ("16348", "Trường Văn", 19.617, 105.730, -0.10, 0.40, False),
        ("16297", "Trung Chính", 19.729, 105.672, 0.15, 0.00, False),
        ("16591", "Các Sơn", 19.515, 105.718, -0.40, -0.10, False),
        ("16186", "Hóa Quỳ", 19.639, 105.398, -0.50, 0.60, False),
        ("16177", "Xuân Bình", 19.517, 105.406, -0.35, -0.30, False),
        ("16498", "Quảng Ngọc", 19.669, 105.748, 0.00, 0.20, False),
        ("16624", "Trúc Lâm", 19.438, 105.675, 0.05, -0.50, True),
        ("16225", "Thượng Ninh", 19.714, 105.413, -0.25, 0.40, False),
        ("16597", "Hải Lĩnh", 19.493, 105.750, -0.10, 0.10, True),
        ("16576", "Ngọc Sơn", 19.580, 105.781, 0.15, -0.20, True),
        ("16594", "Tân Dân", 19.536, 105.782, 0.00, 0.30, True),
        ("16609", "Đào Duy Từ", 19.439, 105.737, -0.15, -0.40, True),
        ("16561", "Tĩnh Gia", 19.464, 105.770, 0.20, 0.00, True),
    )
)  # fmt: skip
