"""A sheet of paper in millimetres: its sizes, its parts, and a pencil that knows no other unit."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from maps.classes import brightness
from maps.print_text import FAMILY, MM_PER_POINT, printable

MM_PER_INCH: Final = 25.4
ASCENT: Final = 0.93  # of the letter size, above the base line
LEADING: Final = 1.32  # line distance over letter size
INK: Final = "#1b2733"
LINE: Final = "#45505c"


class Paper(StrEnum):
    """The sizes that offices print on."""

    A4 = "A4"
    A3 = "A3"


class Orientation(StrEnum):
    """How the sheet lies."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper, how it lies, and whether paints are drawn as a grey printer prints them."""

    paper: Paper = Paper.A4
    orientation: Orientation = Orientation.PORTRAIT
    is_grey: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        short, long = (210.0, 297.0) if self.paper is Paper.A4 else (297.0, 420.0)
        return (short, long) if self.orientation is Orientation.PORTRAIT else (long, short)

    @property
    def enlarged(self) -> float:
        """By how much letters grow with the paper."""
        return 1.0 if self.paper is Paper.A4 else 1.3


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the sheet; the origin is below left."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def top(self) -> float:
        return self.bottom + self.height


@dataclass(frozen=True, slots=True)
class Hatch:
    """Lines over a paint."""

    pattern: str
    colour: str


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is filled."""

    colour: str
    hatch: Hatch | None = None

    @property
    def style(self) -> dict[str, Any]:
        lines = {"hatch": self.hatch.pattern, "hatchcolor": self.hatch.colour} if self.hatch else {}
        return {"facecolor": self.colour, "edgecolor": LINE, **lines}

    @property
    def in_grey(self) -> "Paint":
        """As bright as before, without colour."""
        hatch = self.hatch and Hatch(self.hatch.pattern, grey(self.hatch.colour))
        return Paint(grey(self.colour), hatch)


def grey(colour: str) -> str:
    """A colour like `#2c7fb8` as a grey printer shows it.

    Example
    -------
    >>> grey("#2c7fb8")
    '#6d6d6d'
    """
    return f"#{round(brightness(colour)):02x}" + 2 * f"{round(brightness(colour)):02x}"


class Pencil:
    """Draws on a sheet; every text is plain text, never a formula or a link."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        wide, high = sheet.size
        self.figure = Figure(figsize=(wide / MM_PER_INCH, high / MM_PER_INCH), facecolor="white")
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, wide)
        self.axes.set_ylim(0, high)
        self.axes.set_axis_off()

    def points(self, size: float) -> float:
        """A letter size of A4 on this paper."""
        return size * self.sheet.enlarged

    def step(self, size: float) -> float:
        """Millimetres from one line of that letter size to the next."""
        return self.points(size) * MM_PER_POINT * LEADING

    def write(
        self, text: str, x: float, y: float, size: float, *, is_bold: bool = False, **more: Any
    ) -> None:
        """A text whose upper left corner is at (x, y), unless told otherwise.

        A line hangs by its base line: hung by its highest sign, Ống would stand lower than Xuân.
        """
        if "va" not in more and "\n" not in text:
            y -= self.points(size) * MM_PER_POINT * ASCENT
            more["va"] = "baseline"
        lines = "\n".join(printable(line) for line in text.split("\n"))
        self.axes.text(
            x, y, lines,
            **{
                "fontsize": self.points(size), "family": FAMILY, "color": INK, "va": "top",
                "weight": "bold" if is_bold else "normal", "parse_math": False, **more,
            },
        )  # fmt: skip

    def rectangle(self, box: Box, **style: Any) -> None:
        self.axes.add_patch(
            Rectangle((box.left, box.bottom), box.width, box.height, **{"lw": 0.5, **style})
        )

    def look(self, paint: Paint) -> Paint:
        """A paint as this sheet shows it."""
        return paint.in_grey if self.sheet.is_grey else paint

    def paint(self, path: Path, look: Paint, name: str, *, line: float, frame: Box) -> None:
        """A shape under an id, cut at its frame."""
        patch = PathPatch(path, lw=line, gid=name, **self.look(look).style)
        self.axes.add_patch(patch)
        within = (frame.left, frame.bottom), frame.width, frame.height
        patch.set_clip_path(Rectangle(*within, transform=self.axes.transData))

    def swatch(self, box: Box, look: Paint) -> None:
        self.rectangle(box, **self.look(look).style)

    def line(self, x: tuple[float, ...], y: tuple[float, ...], width: float = 0.6) -> None:
        self.axes.add_line(Line2D(x, y, color=INK, lw=width, solid_capstyle="butt"))

    def dots(self, x: tuple[float, ...], y: tuple[float, ...]) -> None:
        self.axes.plot(x, y, "o", ms=1.6 * self.sheet.enlarged, mfc="white", mec=INK, mew=0.6)
