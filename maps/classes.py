"""Classes of a map: fixed by policy, the same over time and places, readable by colour-blind eyes.

Classes cut from the data (quantiles) would recolour a commune because its neighbour changed;
so the breaks are given, and only a class's colour is chosen here. The colours are ColorBrewer's
YlGnBu (Cynthia Brewer, Apache-style licence): light to dark, never red against green.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

# Satisfaction lies high: below 60 % is an alarm, 95 % is what the best offices reach.
SATISFACTION_BREAKS = (0.6, 0.7, 0.8, 0.9, 0.95)
# Readiness is spread over the whole range.
READINESS_BREAKS = (0.2, 0.4, 0.6, 0.8)
PALETTES = {
    2: ("#edf8b1", "#2c7fb8"),
    3: ("#edf8b1", "#7fcdbb", "#2c7fb8"),
    4: ("#ffffcc", "#a1dab4", "#41b6c4", "#225ea8"),
    5: ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"),
    6: ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494"),
}


@dataclass(frozen=True, slots=True)
class MapClass:
    """From `lower` (included) to below `upper`; the last class includes its upper end."""

    lower: float
    upper: float
    colour: str

    @property
    def is_dark(self) -> bool:
        """Whether words on it must be light."""
        return is_dark(self.colour)


def is_dark(colour: str) -> bool:
    """Whether lines and words on a colour like `#2c7fb8` must be light."""
    return brightness(colour) < 128


def brightness(colour: str) -> float:
    """Of a colour like `#2c7fb8`, from 0 (black) to 255: what is left of it in grey."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def fixed_classes(
    breaks: Sequence[float] = SATISFACTION_BREAKS, *, minimum: float = 0.0, maximum: float = 1.0
) -> tuple[MapClass, ...]:
    """Classes between given breaks, with their colours.

    Parameters
    ----------
    breaks
        One to five rising inner breaks.
    minimum, maximum
        The ends of the scale.

    Returns
    -------
    tuple of MapClass
        From the lowest (lightest) to the highest (darkest).

    Raises
    ------
    ValueError
        If the breaks do not rise, leave the scale, or are too many to tell apart.

    Example
    -------
    >>> [c.colour for c in fixed_classes((0.5,))]
    ['#edf8b1', '#2c7fb8']
    """
    ends = (minimum, *breaks, maximum)
    if any(a >= b for a, b in pairwise(ends)):
        raise ValueError("class breaks must rise and lie between the ends of the scale")
    palette = PALETTES.get(len(ends) - 1)
    if palette is None:
        raise ValueError("between two and six classes can be told apart on a map")
    return tuple(
        MapClass(a, b, colour) for a, b, colour in zip(ends[:-1], ends[1:], palette, strict=True)
    )


def class_index(value: float, classes: Sequence[MapClass]) -> int:
    """The class of a value, judged as it is printed.

    A share of 0.89996 is printed as 90.0 % and therefore belongs to the class that starts at 90 %:
    a map whose colour contradicts its own label is not believed.

    Parameters
    ----------
    value
        Within the scale.
    classes
        From `fixed_classes`.

    Returns
    -------
    int
        The position in `classes`.

    Raises
    ------
    ValueError
        If the value lies outside all classes.

    Example
    -------
    >>> class_index(0.89996, fixed_classes())
    4
    """
    shown = printed(value, classes)
    if not classes[0].lower <= shown <= classes[-1].upper:
        raise ValueError(f"the figure {value} lies outside the classes of the map")
    return sum(shown >= c.lower for c in classes) - 1


def printed(value: float, classes: Sequence[MapClass]) -> float:
    """A value as precise as it is printed: shares to a tenth of a percent, others to a tenth."""
    return round(value, 3 if classes[-1].upper - classes[0].lower <= 1 else 1)
