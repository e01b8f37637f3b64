"""From the text of a definition file to its tables."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from analysis.indices.problems import Notes

LARGEST: Final = 1_000_000
# a.a.a…: the reader of TOML keeps every beginning of a key, which fills the memory
LONG_KEY: Final = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}"""
)


def parsed(text: str, notes: Notes) -> Mapping[str, Any]:
    """The tables of a TOML text, or nothing with the problem noted."""
    if len(text) > LARGEST:
        notes.add("", "", "tệp quá lớn", "the file is too large")
        return {}
    if found := LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        notes.add("", "", "tên có quá nhiều dấu chấm", "a name of too many parts (a.b.c…)")
        notes.found[-1] = replace(notes.found[-1], line=line)
        return {}
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error)
        notes.add("", "", f"không đọc được TOML: {said}", f"is not TOML: {said}")
        at = re.search(r"line (\d+)", said)
        if at:
            notes.found[-1] = replace(notes.found[-1], line=int(at.group(1)))
        return {}
