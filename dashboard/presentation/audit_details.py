"""The details of an event of the audit log, in words: what was named, and what it was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.presentation.formats import pick

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "added": ("đã thêm", "added"),
    "moved": ("đã chuyển", "moved"),
    "ended": ("đã kết thúc", "ended"),
    "answers": ("số câu trả lời", "answers"),
    "app_user": ("máy", "phone"),
    "arm": ("nhóm mẫu", "arm"),
    "as_original": ("nhận làm phiếu riêng", "as a record of its own"),
    "asked": ("đã hỏi", "asked"),
    "before": ("trước đó", "before"),
    "branchId": ("chuỗi ngoại tuyến", "offline branch"),
    "by": ("theo", "by"),
    "change": ("thay đổi", "change"),
    "changed": ("đã đổi", "changed"),
    "changes": ("đã đổi", "changed"),
    "chosen": ("phiếu được chọn", "record chosen"),
    "columns": ("cột", "columns"),
    "comment": ("ghi chú số", "comment"),
    "communes": ("xã", "communes"),
    "copies": ("bản chép", "copies"),
    "count": ("số lượng", "count"),
    "dataset": ("danh sách", "list"),
    "date": ("ngày", "day"),
    "days": ("số ngày", "days"),
    "definition": ("cách đếm", "definition"),
    "done": ("đã làm", "done"),
    "email": ("e-mail", "e-mail"),
    "entity": ("thực thể", "entity"),
    "entity_list": ("danh sách", "list"),
    "errorMessage": ("lỗi", "error"),
    "events": ("sự kiện", "events"),
    "export": ("tệp số", "file"),
    "extent": ("phạm vi", "extent"),
    "failed": ("không làm được", "failed"),
    "files": ("số tệp", "files"),
    "filter": ("bộ lọc", "filter"),
    "form": ("biểu mẫu", "form"),
    "format": ("định dạng", "format"),
    "formVersion": ("phiên bản", "version"),
    "form_id": ("biểu mẫu", "form"),
    "hours": ("số giờ", "hours"),
    "household": ("hộ", "household"),
    "households": ("số hộ", "households"),
    "indicators": ("chỉ tiêu", "indicators"),
    "instanceId": ("mã phiếu", "instanceID"),
    "invalidated": ("mật khẩu cũ hết hiệu lực", "former password no longer valid"),
    "is_shared": ("dùng chung", "shared"),
    "item": ("mục số", "item"),
    "job": ("việc số", "job"),
    "kept": ("giữ lại", "kept"),
    "key": ("khoá", "key"),
    "kind": ("loại", "kind"),
    "label": ("nhãn", "label"),
    "link": ("liên kết số", "link"),
    "map": ("bản đồ số", "map"),
    "name": ("tên", "name"),
    "names": ("tệp", "files"),
    "new_email": ("e-mail mới", "new e-mail"),
    "new": ("xã mới", "new commune"),
    "number": ("số", "number"),
    "old": ("xã cũ", "old commune"),
    "on_newest": ("đặt lên bản mới nhất", "put on the newest version"),
    "once": ("mỗi máy một lần", "once a device"),
    "origin": ("từ máy chủ", "from the server"),
    "part": ("phần", "part"),
    "personal": ("gồm dữ liệu cá nhân", "with personal data"),
    "plan": ("kế hoạch", "plan"),
    "problem": ("lỗi", "problem"),
    "properties": ("thuộc tính", "properties"),
    "quarantined": ("mục cách ly số", "quarantined item"),
    "rated_commune": ("xã được đánh giá", "rated commune"),
    "rates_authority": ("đánh giá cơ quan", "rates an office"),
    "reason": ("lý do", "reason"),
    "records": ("số phiếu", "records"),
    "review_state": ("kết luận", "review"),
    "role": ("vai trò", "role"),
    "round": ("đợt số", "round"),
    "rows": ("số dòng", "rows"),
    "ruling": ("quyết định", "ruling"),
    "run": ("lần tính số", "run"),
    "sealed": ("có mật khẩu", "with a passphrase"),
    "sha256": ("sha256", "sha256"),
    "share": ("tỷ lệ", "share"),
    "source": ("nguồn", "source"),
    "state": ("trạng thái", "state"),
    "status": ("tình trạng", "status"),
    "submissions": ("số phiếu", "records"),
    "ticket": ("yêu cầu", "wish"),
    "outcome": ("kết quả", "result"),
    "file": ("tệp", "file"),
    "indicator": ("chỉ tiêu", "indicator"),
    "commune": ("xã", "commune"),
    "total": ("tổng số", "total"),
    "told": ("ô làm lộ một ít người", "cells that tell of a few persons"),
    "to": ("giao cho máy", "given to phone"),
    "unchanged": ("không đổi", "unchanged"),
    "user": ("tài khoản số", "account"),
    "uuid": ("mã thực thể", "entity id"),
    "verdict": ("quyết định", "verdict"),
    "version": ("phiên bản", "version"),
    "via": ("qua", "through"),
    "was": ("trước đó", "before"),
    "webhook": ("webhook số", "webhook"),
    "xmlFormId": ("biểu mẫu", "form"),
}
_VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "administrator": ("quản trị", "administrator"),
    "manager": ("quản lý", "manager"),
    "supervisor": ("giám sát", "supervisor"),
    "enumerator": ("điều tra viên", "enumerator"),
    "helper": ("tổ công nghệ số", "digital team"),
    "analyst": ("phân tích", "analyst"),
    "viewer": ("người xem", "viewer"),
    "open": ("mở", "open"),
    "closing": ("sắp đóng", "closing"),
    "closed": ("đóng", "closed"),
    "approved": ("duyệt", "approved"),
    "hasIssues": ("có vấn đề", "has issues"),
    "rejected": ("loại", "rejected"),
    "edited": ("đã sửa", "edited"),
    "openrosa": ("điện thoại", "a phone"),
    "central": ("giao diện lập trình", "the interface of programs"),
    "page": ("trang", "a page"),
    "quarantine": ("khu cách ly", "quarantine"),
    "import": ("nhập từ máy chủ khác", "import from another server"),
    "all": ("tất cả", "all"),
    "agreed": ("hai nguồn trùng nhau", "both sources agree"),
    "accepted": ("được dùng", "used"),
}
_LONGEST_HASH: Final = 12


@dataclass(frozen=True, slots=True)
class Detail:
    name: str
    value: str


def is_known(name: str) -> bool:
    """Whether a detail has words; one that has none is shown by its own name."""
    return name in _NAMES


def of_event(details: Mapping[str, Any]) -> list[Detail]:
    """What an event says besides who and when; empty parts are left out."""
    return [
        Detail(_name(name), value)
        for name, raw in details.items()
        if raw not in (None, "", [], {}) and (value := _value(name, raw))
    ]


def as_line(details: Mapping[str, Any]) -> str:
    """The same in one line, for a table that people download."""
    return "; ".join(f"{each.name}: {each.value}" for each in of_event(details))


def _name(name: str) -> str:
    return pick(*_NAMES.get(name, (name, name)))


def _value(name: str, raw: Any) -> str:
    if raw is None:
        return pick("không có", "none")
    if isinstance(raw, bool):
        return pick("có", "yes") if raw else pick("không", "no")
    if isinstance(raw, Mapping):
        return ", ".join(_pairs(raw))
    if isinstance(raw, list | tuple):
        return ", ".join(_value(name, each) for each in raw)
    text = str(raw)
    if name == "sha256":
        return text[:_LONGEST_HASH]
    return pick(*_VALUES.get(text, (text, text)))


def _pairs(raw: Mapping[str, Any]) -> Iterator[str]:
    for name, value in raw.items():
        said = _value(name, value)
        yield f"{_name(name)} ({said})" if isinstance(value, Mapping) else f"{_name(name)} {said}"
