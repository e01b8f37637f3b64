"""The columns of the four files that a round imports, with what each means in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    VILLAGES = "villages"
    HOUSEHOLDS = "households"
    BENCHMARKS = "benchmarks"
    COMMUNES = "communes"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    vi: str
    en: str
    example: str
    is_required: bool = True


def _free(name: str, vi: str, en: str, example: str) -> Column:
    return Column(name, vi, en, example, is_required=False)


_VILLAGES = (
    Column("psu", "Mã địa bàn: chữ, số, gạch; không dấu cách", "PSU code, no blanks", "D001"),
    Column("village", "Tên thôn, tổ dân phố", "Name of the village", "Thôn Xuân Phúc"),
    Column(
        "commune_code",
        "Mã xã, phường 5 chữ số, giữ cả số 0 ở đầu",
        "Commune code, 5 digits, leading zeros kept",
        "16264",
    ),
    Column(
        "admin_version",
        "Mã xã theo danh mục ngày nào",
        "The day whose list of communes the code follows",
        "2025-07-01",
    ),
    Column("stratum", "Tầng chọn mẫu", "Stratum", "nong_thon"),
    Column("urban_rural", "urban hoặc rural", "urban or rural", "rural"),
    Column("frame_date", "Ngày của dàn mẫu", "Date of the frame", "2026-01-15"),
    Column("mos_hh", "Số hộ dùng làm cỡ chọn", "Households, the measure of size", "180"),
    Column("pi_psu", "Xác suất chọn thôn, trong (0, 1]", "Probability of the PSU", "0.25"),
    Column("n_psu_stratum", "Số thôn được chọn của tầng", "PSUs drawn in the stratum", "16"),
    Column("N_psu_stratum", "Số thôn có trong tầng", "PSUs of the stratum", "64"),
    Column("selection_order", "Thứ tự được chọn trong tầng", "Order of selection", "1"),
    Column("n_listed", "Số hộ đã lập danh sách", "Households listed", "176"),
    Column("n_selected", "Số hộ được chọn", "Households drawn", "20"),
    _free("minority_share", "Tỷ lệ dân tộc thiểu số, 0..1", "Minority share, 0..1", "0.3"),
    _free("replaced_by", "Mã địa bàn thay thế", "PSU that replaced it", ""),
    _free("lat", "Vĩ độ", "Latitude", "19.63"),
    _free("lon", "Kinh độ", "Longitude", "105.57"),
    _free("legacy_commune", "Xã trước ngày 1/7/2025", "Commune before 1 July 2025", "Xuân Phúc"),
    _free("village_id", "Mã thôn đã dùng ở đợt trước", "Id of the village from a former round", ""),
)
_HOUSEHOLDS = (
    Column("psu", "Mã địa bàn như trong danh sách thôn", "PSU code as in the villages", "D001"),
    Column("hh_seq", "Số thứ tự hộ trong địa bàn", "Running number in the PSU", "1"),
    Column("pi_hh", "Xác suất chọn hộ, trong (0, 1]", "Probability of the household", "0.1136"),
    _free("id", "Mã UUID; bỏ trống thì máy tạo", "A UUID; made when left empty", ""),
    _free("kish_u", "Số trong [0, 1); bỏ trống thì máy tạo", "In [0, 1); made when empty", ""),
    _free("arm", "A hoặc B; bỏ trống thì máy chia", "A or B; dealt out when empty", ""),
    _free("wave", "Đợt đi lại", "Wave", ""),
    _free(
        "address_hint",
        "Gợi ý tìm nhà (không ghi tên người); chỉ điều tra viên được giao thấy",
        "How to find the house (no names); seen by the assigned enumerator only",
        "Ngõ 3, cạnh nhà văn hoá",
    ),
)
_BENCHMARKS = (
    Column("domain", "Tầng chọn mẫu, hoặc province", "A stratum, or province", "province"),
    Column("sex", "m (nam) hoặc f (nữ)", "m or f", "f"),
    Column("age_group", "15-17, 18-29, 30-44, 45-59, 60+", "15-17 … 60+", "18-29"),
    Column("count", "Số người", "Persons", "10250"),
    Column(
        "definition",
        "registered (đăng ký thường trú) hoặc usual_resident (thực tế thường trú)",
        "registered or usual_resident",
        "usual_resident",
    ),
    Column("source", "Nguồn số liệu", "Source", "Chi cục Thống kê"),
    Column("date", "Ngày của số liệu", "Date of the figures", "2025-12-31"),
)
_COMMUNES = (
    _VILLAGES[2],
    _VILLAGES[3],
    _free("urban_share", "Phần dân ở thành thị, 0..1", "Share of the people in towns, 0..1", "0.2"),
    _free("villages", "Số thôn, tổ dân phố của xã", "Villages of the commune", "24"),
    _free("people_15", "Số người từ 15 tuổi", "Persons aged 15 or over", "8200"),
    _free("people_18", "Số người từ 18 tuổi", "Persons aged 18 or over", "7650"),
    _free("source", "Nguồn và ngày của số liệu", "Source and day of the figures", "Công an tỉnh"),
)

COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    Kind.VILLAGES: _VILLAGES,
    Kind.HOUSEHOLDS: _HOUSEHOLDS,
    Kind.BENCHMARKS: _BENCHMARKS,
    Kind.COMMUNES: _COMMUNES,
}
