"""The few line icons of the pages, drawn inline: no font, no request, they print."""

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

_PATHS: Final = {
    "check": "M4 12.5l5 5L20 6.5",
    "alert": "M12 4l9 16H3zM12 10v4.5M12 17.4v.2",
    "download": "M12 4v11M7 10.5l5 5 5-5M5 20h14",
    "upload": "M12 16V5M7 9.5l5-5 5 5M5 20h14",
    "phone": "M8 3h8v18H8zM11 18h2",
    "form": "M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3",
    "map": "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
    "star": "M12 4l2.5 5.2 5.7.8-4.1 4 1 5.7L12 17l-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
    "box": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
    "gear": "M5 7h14M5 12h14M5 17h14M9 5v4M15 10v4M8 15v4",
    "print": "M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z",
    "out": "M14 5h5v14h-5M4 12h11M11 8l4 4-4 4",
    "person": "M12 12a4 4 0 100-8 4 4 0 000 8zM5 20c.6-4 3.4-6 7-6s6.4 2 7 6",
    "clock": "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5.5l3.5 2",
    "arrow": "M5 12h14M13 6l6 6-6 6",
}


def svg(name: str) -> SafeString:
    """An icon of 20 px that takes the colour of the text beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" '
        'focusable="false"><path d="{}" fill="none" stroke="currentColor" stroke-width="1.8" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>',
        _PATHS[name],
    )
