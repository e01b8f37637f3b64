"""Paths of an XForm: made absolute, walked in document order, and named as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from forms.xmlsafe import local_name


def walk(element: etree._Element, path: str) -> Iterator[tuple[str, etree._Element]]:
    """An element and all below it with their paths, in document order.

    Examples
    --------
    >>> [path for path, _ in walk(etree.fromstring("<d><g><a/></g></d>"), "/d")]
    ['/d', '/d/g', '/d/g/a']
    """
    yield path, element
    for child in element:
        if isinstance(child.tag, str):
            yield from walk(child, f"{path}/{local_name(child)}")


def resolve(reference: str, context: str) -> str:
    """An absolute path without prefixes and predicates from a nodeset that may be relative.

    Examples
    --------
    >>> resolve("../x:b", "/d/g/a"), resolve("/d/r[1]/a", "/d")
    ('/d/g/b', '/d/r/a')
    """
    reference = re.sub(r"\[[^\]]*\]", "", reference.strip())
    steps = (
        reference.split("/")
        if reference.startswith("/")
        else [*context.split("/"), *reference.split("/")]
    )
    path: list[str] = []
    for step in steps:
        name = step.strip()
        if name == "..":
            path = path[:-1]
        elif name and name not in {".", "current()"}:
            path.append(name if name.startswith("@") else name.rpartition(":")[2])
    return "/" + "/".join(path)


def table_names(repeats: list[str]) -> dict[str, str]:
    """Dotted repeat names by path; where two would be the same, their groups tell them apart.

    Examples
    --------
    >>> table_names(["/d/g/member", "/d/g/member/card"])
    {'/d/g/member': 'member', '/d/g/member/card': 'member.card'}
    """
    names: dict[str, str] = {}
    for path in repeats:
        inside = [other for other in repeats if path.startswith(other + "/")]
        names[path] = ".".join(each.rpartition("/")[2] for each in [*sorted(inside, key=len), path])
    taken = list(names.values())
    return {
        path: name if taken.count(name) == 1 else ".".join(path.split("/")[2:])
        for path, name in names.items()
    }
