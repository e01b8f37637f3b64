"""Names in both languages: of domains and of their kinds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROUND: Final = "round"
COMMUNE: Final = "commune"


@dataclass(frozen=True, slots=True)
class Names:
    """A name in both languages."""

    vi: str
    en: str


NOTHING: Final = Names("", "")
DOMAIN_NAMES: Final[Mapping[tuple[str, str], Names]] = {
    (ROUND, ""): Names("Cả đợt khảo sát", "Whole round"),
    ("urban_rural", "urban"): Names("Thành thị", "Urban"),
    ("urban_rural", "rural"): Names("Nông thôn", "Rural"),
    ("sex", "f"): Names("Nữ", "Women"),
    ("sex", "m"): Names("Nam", "Men"),
    ("age_group", "15-17"): Names("15–17 tuổi", "Aged 15–17"),
    ("age_group", "18-29"): Names("18–29 tuổi", "Aged 18–29"),
    ("age_group", "30-44"): Names("30–44 tuổi", "Aged 30–44"),
    ("age_group", "45-59"): Names("45–59 tuổi", "Aged 45–59"),
    ("age_group", "60+"): Names("Từ 60 tuổi", "Aged 60 and over"),
}
DOMAIN_TYPE_NAMES: Final[Mapping[str, Names]] = {
    ROUND: Names("Cả đợt", "Round"),
    COMMUNE: Names("Xã, phường", "Commune"),
    "urban_rural": Names("Thành thị, nông thôn", "Urban, rural"),
    "sex": Names("Giới", "Sex"),
    "age_group": Names("Nhóm tuổi", "Age group"),
}
TYPES_EN: Final = {"Phường": "ward", "Đặc khu": "special zone"}
