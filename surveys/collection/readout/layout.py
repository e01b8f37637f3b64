"""What there is to read of a form: its tables and columns, merged over its published versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as part
from typing import Final

from forms import labels
from forms.schema import Field, FormSchema, Group, Labels
from forms.schema import Table as SchemaTable
from forms.values import Value, reader
from surveys.collection.models import Form, FormVersion
from surveys.collection.privacy import Classes, classes_of
from surveys.collection.readout.merging import merged_field, merged_order
from surveys.collection.schemas import schema_of

Steps = tuple[str, ...]
ROOT: Final[Steps] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One question or computed value of a table.

    ``name`` is the path below the table ("g_id/hh"), the key in `Row.values`. ``field`` is the
    newest version's, with the choices of all versions, so that an answer that was offered once is
    never a misfit; where versions give two types, it has the wider one.
    """

    name: str
    table: str
    field: Field
    is_restricted: bool  # only reviewers of the record read it
    is_left_out: bool  # exports leave it out unless personal data are asked for
    is_deleted: bool  # not in the newest version
    read: Callable[[str | None], Value] = part(compare=False, repr=False)

    @property
    def steps(self) -> Steps:
        """The path below the table, step by step: groups and then the question."""
        return tuple(self.name.split("/"))

    def label(self, language: str, *, default_language: str = "") -> str:
        """The question in a language ("vi", "en"); its name where the form gives no label."""
        return labels.label(self.field, language, default_language=default_language)


@dataclass(frozen=True, slots=True)
class Table:
    """The root (name ``""``) or a repeat; ``name`` is its path below the root, with dots
    ("children.child"), ``parent`` the name of the table it lies in.

    ``stored`` tells under which name the records of a form version hold it.
    """

    name: str
    steps: Steps
    parent: str | None
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    labels: Labels
    default_language: str
    is_deleted: bool
    stored: Mapping[int, str]
    # Versions whose submissions arrive encrypted; of the root only.
    sealed: frozenset[int] = frozenset()
    n_above: int = 0  # steps of the parent; names of repeats may hold dots

    @property
    def is_root(self) -> bool:
        return not self.steps

    @property
    def own_steps(self) -> Steps:
        """The steps from the parent table to this one."""
        return self.steps[self.n_above :]

    def column(self, name: str) -> Column | None:
        """The column of a name, if there is one."""
        return next((each for each in self.columns if each.name == name), None)

    def label(self, language: str) -> str:
        """The repeat in a language; its name where the form gives no label."""
        last = self.steps[-1] if self.steps else ""
        return labels.text(
            self.labels, language, default_language=self.default_language, fallback=last
        )


def tables(
    form: Form, *, deleted_fields: bool = False, is_draft: bool = False
) -> tuple[Table, ...]:
    """The tables of a form, the root first, each parent before its children.

    Parameters
    ----------
    form : with at least one published version, or a draft when ``is_draft``.
    deleted_fields : also those columns and repeats that only earlier versions hold.
    is_draft : of the draft alone, for what was sent to test it.

    Returns
    -------
    An empty tuple when the form has no such version.
    """
    versions = _versions(form, is_draft=is_draft)
    if not versions:
        return ()
    schemas = {pk: schema_of(pk, md5) for pk, md5 in versions}
    merged = _Merger(schemas, classes_of(form)).tables()
    kept = [each for each in merged if deleted_fields or not each.is_deleted]
    return tuple(each if deleted_fields else _without_deleted(each) for each in kept)


def table_named(layout: Iterable[Table], name: str) -> Table | None:
    """The table of a name ("" = root, "children.child")."""
    return next((each for each in layout if each.name == name), None)


def _versions(form: Form, *, is_draft: bool) -> list[tuple[int, str]]:
    """Ids and md5 of the versions, the one that counts first."""
    if is_draft:
        chosen = FormVersion.objects.filter(form=form, pk=form.draft_id or 0)
    else:
        chosen = FormVersion.objects.filter(form=form, published_at__isnull=False)
    rows = list(chosen.order_by("-published_at", "-id").values_list("pk", "md5"))
    return sorted(rows, key=lambda row: row[0] != form.current_id) if not is_draft else rows


def _without_deleted(table: Table) -> Table:
    return replace(table, columns=tuple(each for each in table.columns if not each.is_deleted))


class _Merger:
    """Brings schemas of several versions together; the first one counts most."""

    def __init__(self, schemas: Mapping[int, FormSchema], classes: Classes) -> None:
        self.schemas = schemas
        self.classes = classes
        self.newest = next(iter(schemas.values()))
        self.places = {
            pk: {each.name: _steps(schema, each) for each in schema.tables}
            for pk, schema in schemas.items()
        }

    def tables(self) -> list[Table]:
        found = merged_order(
            [self.places[pk][each.name] for each in schema.tables]
            for pk, schema in self.schemas.items()
        )
        ordered = sorted(found, key=len) if _is_out_of_order(found) else found
        known = set(self.places[next(iter(self.schemas))].values())
        return [self._table(steps, is_deleted=steps not in known) for steps in ordered]

    def _table(self, steps: Steps, *, is_deleted: bool) -> Table:
        stored = {
            pk: name
            for pk, names in self.places.items()
            for name, place in names.items()
            if place == steps
        }
        owner = self.schemas[next(iter(stored))]
        own = stored[next(iter(stored))]
        parents = {place for names in self.places.values() for place in names.values()}
        parent = next(
            (steps[:cut] for cut in range(len(steps) - 1, -1, -1) if steps[:cut] in parents), None
        )
        return Table(
            name=".".join(steps),
            steps=steps,
            parent=".".join(parent) if parent is not None else None,
            columns=self._columns(".".join(steps), stored),
            groups=tuple(each for each in owner.groups if each.table == own),
            labels=next(each.labels for each in owner.tables if each.name == own),
            default_language=owner.default_language,
            is_deleted=is_deleted,
            stored=stored,
            sealed=self._sealed() if not steps else frozenset(),
            n_above=len(parent or ()),
        )

    def _columns(self, table: str, stored: Mapping[int, str]) -> tuple[Column, ...]:
        by_version = [self.schemas[pk].fields_of(name) for pk, name in stored.items()]
        same: dict[str, list[Field]] = {}
        for fields in by_version:
            for each in fields:
                same.setdefault(each.column, []).append(each)
        newest = self.newest.fields_of(stored[pk]) if (pk := self._newest_id()) in stored else ()
        present = {each.column for each in newest}
        order = merged_order([each.column for each in fields] for fields in by_version)
        columns = []
        for name in order:
            merged = merged_field(same[name])
            columns.append(
                Column(
                    name=name,
                    table=table,
                    field=merged,
                    is_restricted=any(map(self.classes.is_restricted, same[name])),
                    is_left_out=any(map(self.classes.is_left_out, same[name])),
                    is_deleted=name not in present,
                    read=reader(merged),
                )
            )
        return tuple(columns)

    def _newest_id(self) -> int:
        return next(iter(self.schemas))

    def _sealed(self) -> frozenset[int]:
        return frozenset(pk for pk, schema in self.schemas.items() if schema.is_encrypted)


def _steps(schema: FormSchema, table: SchemaTable) -> Steps:
    return tuple(table.path.split("/")[2:])


def _is_out_of_order(found: list[Steps]) -> bool:
    """Whether a child would come before its parent (a group became a repeat)."""
    place = {steps: number for number, steps in enumerate(found)}
    return any(
        steps[:cut] in place and place[steps[:cut]] > place[steps]
        for steps in found
        for cut in range(len(steps))
    )
