"""The addresses that the server hands out: absolute, percent-encoded, below the public URL."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest


def root_of(request: HttpRequest, project_id: int, token: str) -> str:
    """`https://…/v1/key/TOKEN/projects/1`; without a token the same without the key."""
    base = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    key = f"key/{quote(token, safe='!$')}/" if token else ""
    return f"{base}/v1/{key}projects/{project_id}"


def form_root(root: str, xml_form_id: str) -> str:
    return f"{root}/forms/{quote(xml_form_id, safe='')}"


def file_url(form: str, name: str) -> str:
    return f"{form}/attachments/{quote(name, safe='')}"
