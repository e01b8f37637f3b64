"""Bars as SVG, written on the server: they need no script and print as they stand."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH = 200
HEIGHT = 22


def _px(share: float) -> str:
    """A coordinate with a decimal point in every language."""
    return f"{min(max(share, 0.0), 1.0) * WIDTH:.1f}"


def interval(
    estimate: float, lower: float | None, upper: float | None, *, label: str, is_doubtful: bool
) -> SafeString:
    """An estimate with its interval on an axis from 0 to 1; the whisker is the interval.

    The label repeats in words what the picture shows, for those who cannot see it.
    """
    whisker: SafeString | str = ""
    if lower is not None and upper is not None:
        whisker = format_html(
            '<path class="bar-whisker" d="M{lo} 11H{up}M{lo} 5.5V16.5M{up} 5.5V16.5"/>',
            lo=_px(lower),
            up=_px(upper),
        )
    return format_html(
        '<svg class="bar{kind}" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" '
        'aria-label="{label}"><rect class="bar-track" y="4" width="{w}" height="14"/>'
        '<rect class="bar-fill" y="4" width="{x}" height="14"/>{whisker}</svg>',
        kind=" is-doubtful" if is_doubtful else "",
        w=WIDTH,
        h=HEIGHT,
        x=_px(estimate),
        whisker=whisker,
        label=label,
    )
