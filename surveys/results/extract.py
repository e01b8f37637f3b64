"""The only door from stored data to analysis: records that count, typed, with the design beside.

Per form and table one query. Values are read by `forms.values` from the schema of the form version
that filled them; what does not fit its type is missing and counted.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from forms.schema import Field, FormSchema
from forms.values import Misfit, Value, reader
from surveys.collection.models import Record, SubmissionVersion
from surveys.collection.schemas import schema_of
from surveys.fieldwork.dispositions import NOT_ATTEMPTED, counted_group
from surveys.fieldwork.models import Benchmark, CaseOutcome, Round, RoundForm, SampledHousehold
from surveys.fieldwork.round_places import communes_of_villages
from surveys.results.recipe import Recipe
from surveys.results.round_area import RoundArea, area_of

ALONE: Final = RoundArea()
ROOT: Final = ""
CASE_COLUMNS: Final = (
    "household",
    "psu",
    "stratum",
    "commune",
    "urban_rural",
    "pi_psu",
    "pi_hh",
    "n_listed",
    "stratum_psus",
    "arm",
    "disposition",
    "group",
    "submission",
    "n_visits",
)
DESIGN_COLUMNS: Final = CASE_COLUMNS[:9]
# Contact, place and free text of persons: no figure needs them, so they do not pass this door.
PERSONAL: Final = frozenset({"a_tel", "gps", "comment", "remark", "m_call", "p_call", "p_lab"})


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the codebook."""

    name: str
    table: str
    type: str
    labels: Mapping[str, str]
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FormFrames:
    """One household form of a round.

    `cases`: one row per sampled household with its design facts and final disposition, in the
    order of household ids. `root`: one row per household whose record counts, columns by question
    name. `tables`: the same per repeat, with `household` and `ordinal`.
    """

    cases: pd.DataFrame
    root: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    codebook: tuple[Question, ...]
    misfits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BenchmarkCell:
    """A population count with what it counts."""

    domain: str
    sex: str
    age_group: str
    count: int
    definition: str


@dataclass(frozen=True, slots=True, eq=False)
class RoundFrames:
    """Everything that a run reads; `inputs_sha256` names it."""

    digital: FormFrames | None
    satisfaction: FormFrames | None
    benchmarks: tuple[BenchmarkCell, ...]
    inputs_sha256: str
    own_definitions: str = ""  # the file of indicators that the round brings itself
    area: RoundArea = ALONE  # what a model may know beyond the sample


def frames(round_: Round, *, on: date | None = None) -> RoundFrames:
    """Read a round: what phones sent, as the case rule lets it count, with the design.

    `on` is the day whose communes the villages are put into; by default that of the round.
    """
    households = _households(round_, on)
    digest = hashlib.sha256()
    kinds = set(RoundForm.objects.filter(round=round_).values_list("kind", flat=True))
    digital = satisfaction = None
    if RoundForm.Kind.DIGITAL in kinds:
        digital = _form(round_, RoundForm.Kind.DIGITAL, households, digest=digest)
    if RoundForm.Kind.SATISFACTION in kinds:
        satisfaction = _form(round_, RoundForm.Kind.SATISFACTION, households, digest=digest)
    benchmarks = tuple(
        BenchmarkCell(*row)
        for row in Benchmark.objects.filter(round=round_)
        .order_by("domain", "sex", "age_group")
        .values_list("domain", "sex", "age_group", "count", "definition")
    )
    _feed(digest, [[b.domain, b.sex, b.age_group, b.count, b.definition] for b in benchmarks])
    _feed(digest, households.drop(columns="id").to_numpy().tolist())
    own = round_.own_definitions
    if own:
        _feed(digest, [own])
    return RoundFrames(digital, satisfaction, benchmarks, digest.hexdigest(), own)


def _households(round_: Round, on: date | None) -> pd.DataFrame:
    rows = (
        SampledHousehold.objects.filter(round=round_)
        .order_by("name")
        .values_list(
            "id",
            "name",
            "village__psu",
            "village__stratum",
            "village__village_id",
            "village__urban_rural",
            "village__pi_psu",
            "pi_hh",
            "village__n_listed",
            "village__stratum_psus_total",
            "arm",
        )
    )
    columns = ["id", *DESIGN_COLUMNS, "arm"]
    found = pd.DataFrame.from_records(list(rows), columns=columns)
    codes = {village: unit.code for village, unit in communes_of_villages(round_, on=on).items()}
    return found.assign(commune=found["commune"].map(codes))


def _form(
    round_: Round, kind: RoundForm.Kind, households: pd.DataFrame, *, digest: hashlib._Hash
) -> FormFrames:
    outcomes = pd.DataFrame.from_records(
        list(
            CaseOutcome.objects.filter(round=round_, kind=kind).values_list(
                "household_id", "disposition", "submission_id", "n_visits", "status"
            )
        ),
        columns=["id", "disposition", "submission", "n_visits", "status"],
    )
    cases = households.merge(outcomes, on="id", how="left")
    cases["disposition"] = cases["disposition"].astype(object).fillna(NOT_ATTEMPTED)
    cases["n_visits"] = cases["n_visits"].fillna(0).astype(int)
    cases["submission"] = cases["submission"].astype("Int64")
    cases["group"] = [
        counted_group(code, is_final=status == CaseOutcome.Status.FINAL).value
        for code, status in zip(cases["disposition"], cases["status"], strict=True)
    ]
    schemas = _schemas(round_, kind, digest)
    counting = cases[cases["submission"].isin(list(schemas))]
    household = dict(zip(counting["submission"], counting["household"], strict=True))
    reader = _Reader(schemas, household)
    names = sorted({table.name for schema in schemas.values() for table in schema.tables})
    tables = {name: reader.table(round_, kind, name) for name in (ROOT, *filter(None, names))}
    _feed(digest, cases[["household", "disposition"]].to_numpy().tolist())
    root = tables.pop(ROOT)
    return FormFrames(
        cases=cases[list(CASE_COLUMNS)],
        root=root.set_index("household", drop=False).drop(columns="ordinal"),
        tables=tables,
        codebook=_codebook(schemas.values()),
        misfits=dict(sorted(reader.misfits.items())),
    )


def _schemas(round_: Round, kind: RoundForm.Kind, digest: hashlib._Hash) -> dict[int, FormSchema]:
    """The schema of each submission that counts."""
    rows = list(
        SubmissionVersion.objects.filter(is_current=True, submission__in=_counting(round_, kind))
        .order_by("sha256")
        .values_list("submission_id", "sha256", "form_version_id", "form_version__md5")
    )
    _feed(digest, [[kind.value, sha256] for _, sha256, _, _ in rows])
    return {submission: schema_of(version, md5) for submission, _, version, md5 in rows}


def _counting(round_: Round, kind: RoundForm.Kind) -> Any:
    outcomes = CaseOutcome.objects.filter(round=round_, kind=kind, submission__isnull=False)
    return outcomes.values("submission_id")


def with_area(found: RoundFrames, round_: Round, recipe: Recipe) -> RoundFrames:
    """The frames with what the recipe asks to know of communes; it is an input like any other."""
    area = area_of(round_, recipe)
    if area == ALONE:
        return found
    digest = hashlib.sha256(found.inputs_sha256.encode())
    _feed(digest, area.to_json())
    return replace(found, area=area, inputs_sha256=digest.hexdigest())


@dataclass(slots=True)
class _Reader:
    """Types the records of one form."""

    schemas: Mapping[int, FormSchema]
    household: Mapping[int, str]
    misfits: Counter[str] = field(default_factory=Counter)
    readers: dict[int, Callable[[str | None], Value]] = field(default_factory=dict)

    def table(self, round_: Round, kind: RoundForm.Kind, name: str) -> pd.DataFrame:
        rows = (
            Record.objects.filter(submission__in=_counting(round_, kind), table=name)
            .order_by("submission_id", "ordinal")
            .values_list("submission_id", "ordinal", "values")
        )
        read = [
            {
                "household": self.household[submission],
                "ordinal": ordinal,
                **dict(self._typed(self.schemas[submission], name, values)),
            }
            for submission, ordinal, values in rows.iterator(chunk_size=2000)
            if submission in self.household
        ]
        columns = ["household", "ordinal"] if not read else None
        found = pd.DataFrame(read, columns=columns, dtype=object)
        found = found.sort_values(["household", "ordinal"], kind="stable")
        return found.reset_index(drop=True)

    def _typed(
        self, schema: FormSchema, table: str, values: Mapping[str, str]
    ) -> Iterator[tuple[str, Any]]:
        for column, lexical in values.items():
            question = schema.find(column, table)
            if question is None or question.is_binary or question.name in PERSONAL:
                continue
            if (read := self.readers.get(id(question))) is None:
                read = self.readers[id(question)] = reader(question)
            value = read(lexical)
            if isinstance(value, Misfit):
                self.misfits[question.name] += 1
                value = None
            if value is not None:
                yield question.name, value


def _codebook(schemas: Iterable[FormSchema]) -> tuple[Question, ...]:
    questions: dict[tuple[str, str], Question] = {}
    for schema in schemas:
        for each in schema.fields:
            questions.setdefault((each.table, each.name), _question(each))
    return tuple(questions.values())


def _question(each: Field) -> Question:
    choices = each.choices.choices if each.choices else ()
    return Question(
        each.name, each.table, each.type, dict(each.labels), tuple(c.name for c in choices)
    )


def _feed(digest: hashlib._Hash, value: Any) -> None:
    digest.update(json.dumps(value, ensure_ascii=False, default=str).encode())
