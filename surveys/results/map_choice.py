"""What somebody wants to see of a run as a map: indicator, kind, view, second panel, paper.

Light: a web process loads this.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self

from surveys.results.models import Estimate
from surveys.results.reading.names import Names

DIRECT: Final = Estimate.Method.DIRECT.value
MODEL: Final = Estimate.Method.MODEL.value
WEB: Final = "html"
POLICY: Final = "policy"
KINDS: Final[Mapping[str, Names]] = {
    DIRECT: Names("ước lượng trực tiếp", "direct estimates"),
    MODEL: Names("ước lượng của mô hình", "model-based estimates"),
}
VIEWS: Final[Mapping[str, Names]] = {
    POLICY: Names("Ngưỡng cố định", "Fixed classes"),
    "quantile": Names("Năm nhóm bằng nhau (phân vị)", "Five equal groups (quantiles)"),
    "jenks": Names("Nhóm tự nhiên (Jenks)", "Natural groups (Jenks)"),
    "margin": Names("Sai số (nửa khoảng tin cậy)", "Margin of error (half the interval)"),
    "against": Names("Khác mức chung của cả đợt?", "Differs from the whole round?"),
    "target": Names("Đạt chỉ tiêu?", "Target met?"),
    "pattern": Names("Giống hay khác các xã giáp ranh?", "Like or unlike its neighbours?"),
}
FORMS: Final = (WEB, "pdf", "svg", "png")
PAPERS: Final = ("A4", "A3")
LIES: Final = ("portrait", "landscape")
LANGUAGES: Final = ("vi", "en")


@dataclass(frozen=True, slots=True)
class MapChoice:
    """One map. What begins with `beside` is the second panel; `beside_run` 0: the same run."""

    indicator: str
    kind: str = DIRECT
    view: str = POLICY
    beside: str = ""
    beside_kind: str = DIRECT
    beside_run: int = 0
    form: str = WEB
    paper: str = "A4"
    lies: str = "portrait"
    is_grey: bool = False
    language: str = "vi"

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From JSON."""
        return cls(**stored)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_print(self) -> bool:
        return self.form != WEB

    @property
    def is_plain(self) -> bool:
        """Whether it is the map that every run brings."""
        plain = MapChoice(self.indicator, language=self.language)
        return self == plain

    @property
    def trimmed(self) -> Self:
        """Without what the other choices make meaningless, so that equal maps have equal keys."""
        if self.is_print:
            return replace(self, beside="", beside_kind=DIRECT, beside_run=0)
        bare = replace(self, paper="A4", lies="portrait", is_grey=False)
        return bare if self.beside else replace(bare, beside_kind=DIRECT, beside_run=0)

    def key(self, boundaries: int) -> str:
        """What tells it from other maps of its run; `boundaries`: the stored set, 0 for tiles."""
        parts = [*(str(value) for value in asdict(self.trimmed).values()), str(boundaries)]
        return "/".join(parts)

    @property
    def name(self) -> str:
        """Of the file."""
        words = [self.indicator, *([self.kind] if self.kind != DIRECT else [])]
        words += [self.view] if self.view != POLICY else []
        words += ["with", self.beside] if self.beside else []
        if self.is_print:
            words += [self.paper, self.lies, *(["grey"] if self.is_grey else [])]
        return f"map-{'-'.join(words)}-{self.language}.{self.form}"
