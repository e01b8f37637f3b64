"""Command line of khaosat: `manage.py setup | serve | worker | demo | …`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # a setting that the message explains; no traceback
        sys.exit(str(error))


if __name__ == "__main__":
    main()
