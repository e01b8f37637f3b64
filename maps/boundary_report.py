"""What a boundary file was like: what was mended, and what only its owner can mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from maps.numbers import number
from maps.specification import Language

EXAMPLES = 20


class BoundaryFileError(ValueError):
    """A boundary file that cannot be used, with what to do next in both languages."""

    def __init__(self, message_vi: str, message_en: str) -> None:
        self.message_vi, self.message_en = message_vi, message_en
        super().__init__(message_en)


class Kind(StrEnum):
    """Everything that an import looks for."""

    CRS_ASSUMED = "crs_assumed"
    CRS_REPLACED = "crs_replaced"
    CRS_TWIN = "crs_twin"
    DATUM_ASSUMED = "datum_assumed"
    AXES_SWAPPED = "axes_swapped"
    NUMBERS_SCALED = "numbers_scaled"
    NUMBERS_BROKEN = "numbers_broken"
    SHAPES_ABROAD = "shapes_abroad"
    COLUMN_CHOSEN = "column_chosen"
    NAMES_DECODED = "names_decoded"
    CODES_CUT = "codes_cut"
    CODES_PADDED = "codes_padded"
    CODES_ALIASED = "codes_aliased"
    CODES_EMPTY = "codes_empty"
    CODES_UNKNOWN = "codes_unknown"
    CODES_MIXED = "codes_mixed"
    CODES_ABSENT = "codes_absent"
    PARTS_JOINED = "parts_joined"
    NOT_POLYGONS = "not_polygons"
    RINGS_MENDED = "rings_mended"
    RINGS_TANGLED = "rings_tangled"
    SHAPE_REPEATED = "shape_repeated"
    SHAPE_INSIDE = "shape_inside"
    SHAPE_LOST = "shape_lost"
    OVERLAPS = "overlaps"
    EDGES_MATCHED = "edges_matched"
    GAPS_FILLED = "gaps_filled"
    GAPS_LEFT = "gaps_left"
    APART = "apart"
    SHAPE_CHANGED = "shape_changed"
    SHAPE_KEPT = "shape_kept"
    SEAT_OUTSIDE = "seat_outside"
    AREA_DIFFERS = "area_differs"
    NAME_DIFFERS = "name_differs"
    NAME_WRONG = "name_wrong"


TEXTS: dict[Kind, tuple[str, str]] = {
    Kind.CRS_ASSUMED: (
        "Tệp không ghi hệ tọa độ; đã nhận là {detail} vì khi đó trụ sở xã nằm đúng trong ranh giới",
        "The file names no coordinate system; taken as {detail}, under which the seats fall inside",
    ),
    Kind.CRS_REPLACED: (
        "Hệ tọa độ ghi trong tệp không đúng với trụ sở các xã; đã nhận hệ khác: {detail}",
        "The seats do not lie inside under the coordinate system that the file names; taken as "
        "another: {detail}",
    ),
    Kind.CRS_TWIN: (
        "Nếu tệp vẽ theo WGS 84 / UTM ({detail}) thì ranh giới lệch khoảng 200 m; khi ấy hãy nạp "
        "lại với --crs {detail}",
        "If the file was drawn in WGS 84 / UTM ({detail}), borders are some 200 m off; then import "
        "again with --crs {detail}",
    ),
    Kind.DATUM_ASSUMED: (
        "Hệ tọa độ trong tệp là TM-3 nhưng không ghi VN-2000 (lệch khoảng 200 m); đã nhận là "
        "VN-2000",
        "The file's system is TM-3 but does not name VN-2000 (some 200 m off); taken as VN-2000",
    ),
    Kind.AXES_SWAPPED: (
        "Kinh độ và vĩ độ bị đổi chỗ; đã đổi lại",
        "Longitude and latitude were swapped; put right",
    ),
    Kind.NUMBERS_SCALED: (
        "Tọa độ bị nhân lên, chia ra, hoặc có số múi ở trước; đã đổi lại",
        "Coordinates were multiplied, divided, or had a zone number before them; put right",
    ),
    Kind.NUMBERS_BROKEN: (
        "{count} hình có tọa độ không phải là số; bị bỏ qua. Hãy vẽ lại các hình ấy rồi nạp lại",
        "{count} shapes have coordinates that are no numbers; left out. Draw them anew and import "
        "again",
    ),
    Kind.SHAPES_ABROAD: (
        "{count} hình nằm ngoài Việt Nam; bị bỏ qua. Hãy sửa tọa độ của các hình ấy rồi nạp lại",
        "{count} shapes lie outside Vietnam; left out. Correct their coordinates and import again",
    ),
    Kind.COLUMN_CHOSEN: (
        "Nhiều cột giống mã xã; đã dùng cột {detail} vì khi đó trụ sở xã nằm trong ranh giới",
        "Several columns look like codes; {detail} is used, under which the seats fall inside",
    ),
    Kind.NAMES_DECODED: (
        "Tên xã ở bảng mã {detail}; đã đọc lại để đối chiếu",
        "Names were in the encoding {detail}; read anew to compare them",
    ),
    Kind.CODES_CUT: (
        "{count} mã viết kèm mã tỉnh, chữ hoặc dấu; chỉ lấy 5 chữ số của xã",
        "{count} codes had province numbers, letters or marks; only the commune's 5 digits are "
        "used",
    ),
    Kind.CODES_PADDED: (
        "{count} mã mất số 0 ở đầu; đã thêm lại",
        "{count} codes had lost leading zeros; put back",
    ),
    Kind.CODES_ALIASED: (
        "{count} mã cũ của cùng một xã; đã đổi sang mã hiện hành",
        "{count} codes were aliases; changed to those in force",
    ),
    Kind.CODES_EMPTY: (
        "{count} hình không có mã; bị bỏ qua. Hãy điền mã vào tệp rồi nạp lại",
        "{count} shapes have no code; left out. Fill in the codes and import again",
    ),
    Kind.CODES_UNKNOWN: (
        "{count} mã không có trong danh mục ngày này; bị bỏ qua. Hãy xem lại mã và --valid-from",
        "{count} codes are not in the list of that day; left out. Check codes and --valid-from",
    ),
    Kind.CODES_MIXED: (
        "{count} hình mang mã của xã khác (trong ngoặc: xã có trụ sở nằm trong hình): mã bị đổi "
        "chỗ hoặc lệch dòng; bị bỏ qua. Hãy sửa mã rồi nạp lại",
        "{count} shapes carry the code of another commune (in brackets: whose seat they hold): "
        "codes swapped or moved by a row; left out. Correct the codes and import again",
    ),
    Kind.CODES_ABSENT: (
        "{count} xã của các tỉnh trong tệp không có hình; bản đồ của các xã này sẽ là sơ đồ",
        "{count} communes of the file's provinces have no shape; their maps will be schematic",
    ),
    Kind.PARTS_JOINED: (
        "{count} xã có nhiều dòng; đã gộp thành một hình",
        "{count} communes came in several rows; joined",
    ),
    Kind.NOT_POLYGONS: (
        "{count} dòng không phải là vùng (rỗng, điểm, đường); bị bỏ qua",
        "{count} rows are no areas (empty, points, lines); left out",
    ),
    Kind.RINGS_MENDED: (
        "{count} hình tự cắt; đã sửa",
        "{count} shapes crossed themselves; mended",
    ),
    Kind.RINGS_TANGLED: (
        "{count} hình tự cắt quá nhiều lần, không sửa được; bị bỏ qua. Hãy vẽ lại rồi nạp lại",
        "{count} shapes cross themselves too often to be mended; left out. Draw them anew",
    ),
    Kind.SHAPE_REPEATED: (
        "{count} xã mang hình của xã khác (trùng gần hết); bị bỏ qua. Hãy thay bằng hình đúng",
        "{count} communes carry the shape of another one; left out. Put the right shape in",
    ),
    Kind.SHAPE_INSIDE: (
        "{count} xã trùm lên quá nửa xã khác; phần chung đã trả cho xã nhỏ hơn. Hãy xem lại",
        "{count} communes covered more than half of another; the smaller one keeps it. Look at "
        "them",
    ),
    Kind.SHAPE_LOST: (
        "{count} xã không còn diện tích riêng sau khi cắt phần chồng lấn; bị bỏ qua",
        "{count} communes had no area of their own once overlaps were cut; left out",
    ),
    Kind.OVERLAPS: (
        "{count} cặp xã chồng lấn, tổng {detail} km²; đã cắt cho xã có biên chung dài hơn",
        "{count} pairs overlapped, {detail} km² in all; given to the longer common border",
    ),
    Kind.EDGES_MATCHED: (
        "{count} xã có biên không khớp với xã bên cạnh; đã khớp",
        "{count} communes' edges did not match their neighbours'; matched",
    ),
    Kind.GAPS_FILLED: (
        "{count} khe hẹp giữa các xã, tổng {detail}; đã lấp",
        "{count} narrow gaps between communes, {detail} in all; filled",
    ),
    Kind.GAPS_LEFT: (
        "{count} khoảng trống giữa các xã, tổng {detail}, để nguyên (hồ, hoặc xã thiếu hình)",
        "{count} holes between communes, {detail} in all, are left (lakes, or communes "
        "without a shape)",
    ),
    Kind.APART: (
        "{count} xã không chạm xã bên cạnh dù chỉ cách dưới 200 m; hãy xin bản vẽ có biên chung",
        "{count} communes touch no neighbour though one is within 200 m; ask for a file with "
        "common borders",
    ),
    Kind.SHAPE_CHANGED: (
        "{count} xã đổi diện tích hơn 1 % khi sửa; hãy xem lại các xã này trong tệp gốc",
        "{count} communes changed by more than 1% in mending; look at them in the original",
    ),
    Kind.SHAPE_KEPT: (
        "{count} xã biến mất khi đơn giản hóa; giữ nguyên hình ban đầu",
        "{count} communes vanished in simplifying; their shape is kept as it was",
    ),
    Kind.SEAT_OUTSIDE: (
        "{count} xã có trụ sở nằm ngoài ranh giới; hãy kiểm tra mã có bị gán nhầm không",
        "{count} seats lie outside their own commune; check whether codes were mixed up",
    ),
    Kind.AREA_DIFFERS: (
        "{count} xã có diện tích lệch hơn 10 % so với số công bố (số công bố cũng có thể sai)",
        "{count} areas differ by over 10% from the declared ones (which may be wrong themselves)",
    ),
    Kind.NAME_DIFFERS: (
        "{count} xã có tên khác danh mục; hãy kiểm tra mã có bị gán nhầm không",
        "{count} names differ from the list; check whether codes were mixed up",
    ),
    Kind.NAME_WRONG: (
        "{count} xã có tên khác danh mục, nhưng trụ sở nằm trong hình: mã đúng, tên trong tệp cũ, "
        "sai hoặc lệch dòng. Bản đồ ghi tên theo danh mục",
        "{count} names differ from the list, but the seats lie inside: the codes are right, the "
        "file's names are old, wrong or moved by a row. Maps say the list's names",
    ),
}


_SIZES = (Kind.OVERLAPS, Kind.GAPS_FILLED, Kind.GAPS_LEFT)  # 10.468 km² is ten, not thousands


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, how often, and where (the first codes)."""

    kind: Kind
    count: int
    examples: tuple[str, ...] = ()
    detail: str = ""

    def text(self, lang: Language) -> str:
        """The finding as a sentence."""
        vi, en = TEXTS[self.kind]
        is_size = self.kind in _SIZES and lang is Language.VI
        detail = self.detail.replace(".", ",") if is_size else self.detail
        said = (vi if lang is Language.VI else en).format(
            count=number(self.count, lang), detail=detail
        )
        more = ", …" if self.count > len(self.examples) else ""
        return f"{said}: {', '.join(self.examples)}{more}." if self.examples else f"{said}."


def finding(kind: Kind, codes: Iterable[str], detail: str = "") -> tuple[Finding, ...]:
    """A finding about these communes; nothing if there are none."""
    listed = sorted(codes)
    return (Finding(kind, len(listed), tuple(listed[:EXAMPLES]), detail),) if listed else ()


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """The whole story of one import."""

    rows: int
    communes: int
    vertices: int
    findings: tuple[Finding, ...]

    def lines(self, lang: Language) -> list[str]:
        """Readable sentences, one a line."""
        rows, communes = number(self.rows, lang), number(self.communes, lang)
        vertices = number(self.vertices, lang)
        head = (
            f"{rows} dòng, {communes} xã dùng được, {vertices} đỉnh."
            if lang is Language.VI
            else f"{rows} rows, {communes} communes usable, {vertices} vertices."
        )
        return [head, *(found.text(lang) for found in self.findings)]

    def as_json(self) -> dict[str, object]:
        """For storing beside the boundaries."""
        return {
            "rows": self.rows,
            "communes": self.communes,
            "vertices": self.vertices,
            "findings": [
                {
                    "kind": found.kind.value,
                    "count": found.count,
                    "examples": list(found.examples),
                    "vi": found.text(Language.VI),
                    "en": found.text(Language.EN),
                }
                for found in self.findings
            ],
        }
