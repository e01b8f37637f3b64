"""The indicators of the product's forms, read from the files in `definitions/`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from analysis.indices.catalogue import Catalogue
from analysis.indices.definition import Definition
from analysis.indices.reading import read

FILES: Final = ("digital.toml", "satisfaction.toml")


def read_own(text: str, file: str) -> Catalogue:
    """The definitions that a round brings itself; they may build on the product's.

    Raises
    ------
    DefinitionError
        The file is not sound; its `problems` say what is wrong and where.
    """
    return read(text, file, CATALOGUE)


def _read_all() -> Catalogue:
    found = Catalogue.empty()
    for name in FILES:
        text = files("analysis.indicators").joinpath("definitions", name).read_text("utf-8")
        found = found.joined(read(text, name, found))
    return found


CATALOGUE: Final = _read_all()
TABLE: Final[Mapping[str, Definition]] = CATALOGUE.definitions
