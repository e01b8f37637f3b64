"""Who helped to file online, what keeps people from it, and where they want to be shown."""

from __future__ import annotations

from typing import Final

from analysis.indices.definition import Base, Category

NOT_ALONE: Final = Base(
    "not_alone_18",
    "người từ 18 tuổi, tự trả lời, chưa tự nộp hồ sơ trên mạng",
    "persons aged 18 or over who answered themselves and have not filed online alone",
)
WANTERS: Final = Base(
    "wanters_18",
    "người từ 18 tuổi, tự trả lời, muốn được chỉ dẫn",
    "persons aged 18 or over who answered themselves and want to be shown",
)
BARRIERS: Final = (
    Category("nophone", "Không có điện thoại thông minh", "No smartphone"),
    Category("nonet", "Mạng yếu", "Weak signal"),
    Category("cost", "Tốn tiền mạng", "Cost of data"),
    Category("noid", "Chưa có VNeID", "No VNeID"),
    Category("noacct", "Không có tài khoản", "No account"),
    Category("unaware", "Không biết có thể làm trên mạng", "Did not know it is possible"),
    Category("hard", "Khó dùng", "Too hard"),
    Category("papers", "Khó chụp, gửi giấy tờ", "Hard to photograph and attach papers"),
    Category("trust", "Sợ lừa, lộ thông tin", "Fear of fraud or leaks"),
    Category("habit", "Xưa nay vẫn đến tận nơi", "Always went in person"),
    Category("prefer", "Thích gặp người hơn", "Would rather deal with a person"),
    Category("eyes", "Mắt kém, tuổi cao, khuyết tật", "Eyesight, age, disability"),
    Category("literacy", "Đọc, viết khó", "Reading or writing"),
    Category("language", "Tiếng Việt chưa thạo", "Vietnamese not fluent"),
    Category("done", "Có người làm hộ", "Someone does it for me"),
    Category("noneed", "Chưa có việc cần làm", "No need so far"),
    Category("nothing", "Không có gì cản trở", "Nothing"),
    Category("other", "Khác", "Other"),
)
HELP_PLACES: Final = (
    Category("home", "Tại nhà", "At home"),
    Category("hall", "Nhà văn hoá thôn", "Village hall"),
    Category("centre", "Trung tâm phục vụ hành chính công", "Service centre"),
    Category("phone", "Qua điện thoại, Zalo", "By phone, Zalo"),
    Category("market", "Ngày chợ, ngày lĩnh trợ cấp", "Market or benefit day"),
)
HELPERS: Final = (
    Category("self", "Tự bấm, có người chỉ", "Oneself, guided"),
    Category("officer", "Cán bộ tiếp nhận hồ sơ", "Officer at the desk"),
    Category("team", "Tổ công nghệ số, đoàn thanh niên", "Digital team, youth union"),
    Category("family", "Người nhà", "Family"),
    Category("agent", "Thuê dịch vụ", "Paid agent"),
    Category("post", "Bưu điện", "Post office"),
)
