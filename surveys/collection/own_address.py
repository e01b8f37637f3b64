"""Under which address people, phones and programs reach this server."""

from django.conf import settings
from django.http import HttpRequest


def base_url(request: HttpRequest) -> str:
    """What is printed, scanned and linked: PUBLIC_URL, else the address of the request."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
