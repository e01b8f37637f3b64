"""Indicators that a round brings itself: a checked file, used by its next run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction

from analysis.indicators.table import CATALOGUE, read_own
from analysis.indices.catalogue import Catalogue
from analysis.indices.definition import Definition
from surveys.collection import audit, rights
from surveys.collection.models import Actor
from surveys.collection.rights import Right
from surveys.fieldwork.models import Round

FILE: Final = "definitions.toml"  # what messages call the file that a round holds
NOTHING: Final = Catalogue.empty()


def choose(actor: Actor, round_: Round, text: str, file: str = FILE) -> Catalogue:
    """Let the next run of a round use the definitions of a file; an empty text takes them away.

    Raises
    ------
    Forbidden : without the right to manage the rounds of the project.
    DefinitionError : the file is not sound; nothing is stored.
    """
    rights.require(actor, Right.MANAGE_ROUNDS, round_.project)
    found = read_own(text, file) if text.strip() else NOTHING
    with transaction.atomic():
        held = Round.objects.select_for_update().select_related("project").get(pk=round_.pk)
        if held.own_definitions != text:
            held.own_definitions = text
            held.save(update_fields=["own_definitions"])
            audit.record(
                "round.definitions",
                actor=actor,
                project=held.project,
                round=held.pk,
                indicators=sorted(found.definitions),
            )
    return found


def catalogue_of(text: str) -> Catalogue:
    """What a round's stored text defines; raises `DefinitionError` where a newer version of the
    program has taken one of its ids."""
    return read_own(text, FILE) if text.strip() else NOTHING


def definitions_of(text: str) -> Mapping[str, Definition]:
    """The product's definitions with those of a round's stored text."""
    return CATALOGUE.joined(catalogue_of(text)).definitions
