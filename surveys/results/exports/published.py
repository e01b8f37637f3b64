"""The published tables that an R archive can make again: read from the run, light."""

from dataclasses import dataclass

from surveys.collection.models import Form
from surveys.results.exports import requests
from surveys.results.models import Estimate, Run

MADE_AGAIN = ("share", "score")  # one column's weighted mean; an index is made of many


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One indicator of a published run, by commune."""

    run: int
    indicator: str
    vi: str
    en: str


def tables_of(form: Form, run_id: int | None = None) -> tuple[PublishedTable, ...]:
    """The tables of a run (the newest published one), in the order of their names."""
    runs = requests.published_runs(form)
    run = runs.filter(pk=run_id).first() if run_id else runs.first()
    return _tables(form, run) if run is not None else ()


def _tables(form: Form, run: Run) -> tuple[PublishedTable, ...]:
    kinds = set(run.round.forms.filter(form=form).values_list("kind", flat=True))
    shown = set(
        Estimate.objects.filter(
            run=run, method=Estimate.Method.DIRECT, domain_type="commune", category=""
        )
        .exclude(publication=Estimate.Publication.NONE)
        .values_list("indicator", flat=True)
    )
    definitions = run.report.get("definitions", {})
    return tuple(
        PublishedTable(run.pk, name, said["vi"], said["en"])
        for name, said in sorted(definitions.items())
        if name in shown and said.get("kind") in MADE_AGAIN and said.get("source") in kinds
    )
