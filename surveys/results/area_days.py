"""Days as commands take them."""

import argparse
from datetime import date


def day(text: str) -> date:
    """A day of a command line; raises `ArgumentTypeError`, which argparse tells the person."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text}: không phải ngày; viết năm-tháng-ngày / no day; write it like 2025-07-01"
        ) from error
