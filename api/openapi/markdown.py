"""The addresses as a page of the docs."""

from api.openapi.document import document


def as_markdown() -> str:
    """`docs/addresses.md`."""
    found = document()
    lines = [
        "# Addresses",
        "",
        "Every method of every address; `/api/docs/` on the server says more of each. This page is",
        "made by `python manage.py openapi --markdown > docs/addresses.md`.",
    ]
    for tag in found["tags"]:
        rows = [
            f"| `{path}` | {method.upper()} | {operation['summary']} |"
            for path, methods in found["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        if rows:
            title = ["", f"## {tag['description']}", "", "| address | method | |", "|---|---|---|"]
            lines += [*title, *rows]
    return "\n".join(lines) + "\n"
