"""What `fsck` can find: each kind with its sentence and its remedy in both languages."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

MOST_EXAMPLES: Final = 20


@dataclass(frozen=True, slots=True)
class Words:
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str
    can_repair: bool = False


_FROM_BACKUP_VI: Final = "Chạy manage.py fsck --repair --from THƯ-MỤC-SAO-LƯU, hoặc khôi phục."
_FROM_BACKUP_EN: Final = "Run manage.py fsck --repair --from BACKUP-FOLDER, or restore a backup."
_RESTORE_VI: Final = "Giữ nguyên máy này và khôi phục bản sao lưu gần nhất sang nơi mới."
_RESTORE_EN: Final = "Leave this machine as it is and restore the newest backup elsewhere."
_AGAIN_VI: Final = "manage.py fsck --repair làm lại dữ liệu suy ra từ các byte gốc."
_AGAIN_EN: Final = "manage.py fsck --repair makes them again from the stored bytes."
_ASIDE_VI: Final = "manage.py fsck --repair dời sang thư mục lost+found, không xoá."
_ASIDE_EN: Final = "manage.py fsck --repair moves them to lost+found; nothing is deleted."


class Kind(Enum):
    """A kind of damage."""

    DATABASE = Words("Cơ sở dữ liệu bị hỏng", "The database is damaged", _RESTORE_VI, _RESTORE_EN)
    XML_CHANGED = Words(
        "Byte của phiếu khác với mã băm khi nhận",
        "The bytes of a submission differ from their fingerprint",
        _FROM_BACKUP_VI,
        _FROM_BACKUP_EN,
    )
    KEPT_CHANGED = Words(
        "Byte trong khu chờ khác với mã băm khi nhận",
        "Bytes in quarantine differ from their fingerprint",
        _RESTORE_VI,
        _RESTORE_EN,
    )
    FORM_CHANGED = Words(
        "Byte của biểu mẫu khác với mã băm",
        "The bytes of a form differ from their fingerprint",
        _RESTORE_VI,
        _RESTORE_EN,
    )
    NO_VERSION = Words(
        "Phiếu không có phiên bản hiện hành",
        "A submission has no current version",
        _RESTORE_VI,
        _RESTORE_EN,
    )
    FILE_MISSING = Words(
        "Thiếu tệp đính kèm trên đĩa",
        "A stored file is missing",
        _FROM_BACKUP_VI,
        _FROM_BACKUP_EN,
    )
    FILE_CHANGED = Words(
        "Tệp đính kèm bị hỏng",
        "A stored file is damaged",
        _FROM_BACKUP_VI,
        _FROM_BACKUP_EN,
    )
    UNUSED_MISSING = Words(
        "Tệp không còn ai dùng cũng không còn trên đĩa",
        "A file that nothing uses any more is gone",
        "manage.py fsck --repair bỏ dòng ghi tên tệp.",
        "manage.py fsck --repair drops the row that names it.",
        can_repair=True,
    )
    ORPHAN = Words(
        "Tệp trên đĩa mà không dòng nào nhắc đến",
        "A file on the disk that no row names",
        _ASIDE_VI,
        _ASIDE_EN,
        can_repair=True,
    )
    STALE = Words(
        "Tệp tải lên dở dang đã cũ",
        "What an upload left half-way, long ago",
        _ASIDE_VI,
        _ASIDE_EN,
        can_repair=True,
    )
    RECORDS_DIFFER = Words(
        "Dữ liệu suy ra khác với byte gốc",
        "Records differ from what the stored bytes give",
        _AGAIN_VI,
        _AGAIN_EN,
        can_repair=True,
    )


@dataclass(slots=True)
class Finding:
    """All of one kind: how many, which ones (the first few), how many were repaired."""

    kind: Kind
    count: int = 0
    repaired: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """What was looked at and what was found."""

    submissions: int = 0
    files: int = 0
    bytes: int = 0
    compared: int = 0  # submissions whose records were made again and compared
    findings: dict[Kind, Finding] = field(default_factory=dict)

    def add(self, kind: Kind, what: str, *, repaired: bool = False) -> None:
        """Note one thing of a kind."""
        found = self.findings.setdefault(kind, Finding(kind))
        found.count += 1
        found.repaired += repaired
        if len(found.examples) < MOST_EXAMPLES:
            found.examples.append(what)

    @property
    def is_clean(self) -> bool:
        """Nothing was found, or everything that was is repaired."""
        return all(each.repaired == each.count for each in self.findings.values())

    def as_json(self) -> dict[str, Any]:
        """For the job's row, and so for the page."""
        return {
            "submissions": self.submissions,
            "files": self.files,
            "bytes": self.bytes,
            "compared": self.compared,
            "clean": self.is_clean,
            "findings": [
                {
                    "kind": each.kind.name,
                    "count": each.count,
                    "repaired": each.repaired,
                    "examples": each.examples,
                }
                for each in self.findings.values()
            ],
        }
