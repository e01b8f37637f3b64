"""The fixed words of a map, Vietnamese first and English."""

from collections.abc import Mapping

from maps.specification import Language, Quality

PHRASES: Mapping[str, tuple[str, str]] = {
    "area": ("Đơn vị", "Area"),
    "estimate": ("Ước lượng", "Estimate"),
    "interval": ("khoảng tin cậy {level} %", "{level}% interval"),
    "answers": ("Số trả lời", "Answers"),
    "effective": ("cỡ mẫu hiệu dụng", "effective sample"),
    "unpublished": ("Không công bố", "Not published"),
    "missing": ("Không có số liệu", "No data"),
    "caution": ("Cần thận trọng", "Read with caution"),
    "unpublished_legend": ("Không công bố: chưa đủ mẫu", "Not published: sample too small"),
    "caution_legend": (
        "Gạch thưa trên màu: đọc thận trọng",
        "Lines over a colour: read with caution",
    ),
    "legend": ("Chú giải", "Legend"),
    "from": ("từ {0} trở lên", "{0} or more"),
    "below": ("dưới {0}", "below {0}"),
    "between": ("từ {0} đến dưới {1}", "{0} to below {1}"),
    "table": ("Bảng số liệu của bản đồ", "The map as a table"),
    "period": ("Thời gian", "Period"),
    "base": ("Đối tượng", "Base"),
    "kind": ("Loại số liệu", "Kind of figure"),
    "source": ("Nguồn số liệu", "Data"),
    "boundaries": ("Hình vẽ", "Shapes"),
    "licence": ("giấy phép", "licence"),
    "note": ("Lưu ý", "Note"),
    "stamp": ("Sơ đồ – không phải địa giới hành chính", "Schematic – not administrative borders"),
    "how": (
        "Chạm, rê chuột hoặc dùng phím Tab để xem số liệu của từng đơn vị.",
        "Tap, point, or press Tab to see each area’s figures.",
    ),
    "how_country": (
        "Chạm, rê chuột, tìm theo tên hoặc chọn dòng trong bảng để xem số liệu của một đơn vị.",
        "Tap, point, search by name or choose a row of the table to see an area’s figures.",
    ),
    "zoom_in": ("Phóng to", "Zoom in"),
    "zoom_out": ("Thu nhỏ", "Zoom out"),
    "province": ("Tỉnh, thành phố", "Province"),
    "search": ("Tìm xã, phường", "Find a commune"),
    "search_hint": ("Gõ tên, không cần dấu", "Type a name, tone marks not needed"),
    "nothing_found": ("Không tìm thấy tên này", "No such name"),
    "colour_by": ("Tô màu theo", "Colour by"),
    "filter": ("Lọc bảng theo tên", "Filter the table by name"),
    "only": ("Chỉ hiện", "Show only"),
    "all": ("Tất cả", "All"),
    "shown_of": ("{0} trên {1} đơn vị", "{0} of {1} areas"),
    "page_of": ("Mở trang của đơn vị này", "Open the page of this area"),
    "reasons": ("Lý do và lưu ý", "Reasons and cautions"),
    "no_script": (
        "Bản đồ cả nước cần JavaScript; mọi số liệu đều có trong bảng dưới đây.",
        "The map of the whole country needs JavaScript; the table below has all figures.",
    ),
    "policy_view": ("Ngưỡng cố định", "Fixed classes"),
    "quantile_view": ("Năm nhóm bằng nhau (phân vị)", "Five equal groups (quantiles)"),
    "jenks_view": ("Nhóm tự nhiên (Jenks)", "Natural groups (Jenks)"),
    "margin_view": ("Sai số (nửa khoảng tin cậy)", "Margin of error (half the interval)"),
    "against_view": (
        "Khác mức chung của tỉnh (của cả đợt)?",
        "Differs from the province (the whole round)?",
    ),
    "target_view": ("Đạt mục tiêu?", "Target met?"),
    "pattern_view": ("Giống hay khác các xã giáp ranh?", "Like or unlike its neighbours?"),
    "pattern_warning": (
        "Trong các đơn vị được nêu, trung bình nhiều nhất 5 % là nêu nhầm.",
        "Of the areas named, at most 5% on average are named by mistake.",
    ),
    "high_among_high": ("cao giữa vùng cao", "high among high"),
    "low_among_low": ("thấp giữa vùng thấp", "low among low"),
    "high_among_low": ("cao giữa vùng thấp", "high among low"),
    "low_among_high": ("thấp giữa vùng cao", "low among high"),
    "not_told_apart": ("chưa phân biệt được", "cannot be told apart"),
    "view_warning": (
        "Nhóm tính từ chính số liệu này: không so màu với bản đồ khác.",
        "Groups cut from these figures: do not compare colours with other maps.",
    ),
    "points": ("{0} điểm", "{0} points"),
    "higher": ("có: cao hơn mức chung", "yes: higher"),
    "lower": ("có: thấp hơn mức chung", "yes: lower"),
    "same": ("không: chắc chắn như mức chung", "no: surely the same"),
    "unclear": ("chưa đủ căn cứ kết luận", "cannot tell"),
    "met": ("đạt", "met"),
    "not_met": ("chưa đạt", "not met"),
    "empty": (
        "Chưa có đơn vị nào để vẽ. Hãy chọn đợt khảo sát đã có kết quả.",
        "There is no area to draw. Choose a round that has results.",
    ),
}
QUALITY: Mapping[Quality, tuple[str, str]] = {
    Quality.LEGAL: ("ranh giới pháp lý", "legal boundaries"),
    Quality.THIRD_PARTY: (
        "ranh giới từ bên thứ ba, không có giá trị pháp lý",
        "third-party boundaries without legal standing",
    ),
    Quality.SCHEMATIC: (
        "sơ đồ, không dùng để xác định địa giới",
        "schematic, not to be used for locating borders",
    ),
}


def phrase(key: str, lang: Language, *values: str, **named: str) -> str:
    """One of the fixed texts in one language, its places filled."""
    vi, en = PHRASES[key]
    return (vi if lang is Language.VI else en).format(*values, **named)


def quality(value: Quality, lang: Language) -> str:
    """What the shapes are worth, in words."""
    vi, en = QUALITY[value]
    return vi if lang is Language.VI else en
