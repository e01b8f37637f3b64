"""What must hold for any input: nothing lost, nothing expanded, no reader that stumbles."""

from __future__ import annotations

from collections import Counter
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from forms.instance import InstanceFault, MalformedInstance, read_head
from forms.placeholders import fill, placeholders
from forms.records import flatten
from forms.schema import Field, FormSchema, read_schema
from forms.values import Misfit, read_value

common = settings(deadline=None, derandomize=True)

NAMES = st.sampled_from(["a", "b", "g", "rep", "meta", "x"])
# Letters as people write them, and what XML takes as text at all.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], exclude_characters="\ufffe\uffff"),
    max_size=12,
)
TYPES = st.sampled_from(
    ["int", "decimal", "boolean", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape"]
)
FORM = b"""<html><model><instance><d id='f'><a/><g><b/><rep><x/><rep2><a/></rep2></rep></g>
<rep><a/></rep></d></instance></model><body>
<group ref='/d/g/rep'><repeat nodeset='/d/g/rep'/></group>
<group ref='/d/rep'><repeat nodeset='/d/rep'/></group></body></html>"""
SCHEMA = read_schema(FORM)


@st.composite
def elements(draw: st.DrawFn, depth: int = 4) -> str:
    name = draw(NAMES)
    if depth == 0 or draw(st.booleans()):
        return f"<{name}>{escape(draw(TEXTS))}</{name}>"
    children = draw(st.lists(elements(depth - 1), max_size=4))
    after = escape(draw(TEXTS)) if draw(st.integers(0, 9)) == 0 else ""
    return f"<{name}>{''.join(children)}</{name}>{after}"


@common
@given(st.lists(elements(), max_size=6))
def test_every_answer_of_an_instance_is_in_its_rows(children: list[str]) -> None:
    xml = f"<d id='f'>{''.join(children)}</d>".encode()
    given_texts = Counter(str(text) for text in etree.fromstring(xml).itertext() if text.strip())
    rows = flatten(SCHEMA, xml)
    kept = Counter(text for row in rows for text in row.values.values() if text.strip())
    assert kept == given_texts


@common
@given(st.lists(elements(), max_size=6))
def test_rows_know_their_parents(children: list[str]) -> None:
    rows = flatten(SCHEMA, f"<d id='f'>{''.join(children)}</d>".encode())
    places = {(row.table, row.ordinal) for row in rows}
    parents = {table.name: table.parent for table in SCHEMA.tables}
    assert len(places) == len(rows)
    for row in rows[1:]:
        assert (parents[row.table], row.parent_ordinal) in places


@common
@given(
    st.lists(st.sampled_from([" ", "\n", "<!-- <data> -->", "<?p <!x ?>", "\t"]), max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    st.sampled_from(["<!DOCTYPE d>", "<!DOCTYPE d [<!ENTITY a 'b'>]>", "<!DOCTYPE d SYSTEM 'x'>"]),
)
def test_no_doctype_passes(prolog: list[str], encoding: str, doctype: str) -> None:
    xml = f"{''.join(prolog)}{doctype}<d id='f'/>"
    refusal: InstanceFault | None
    try:
        read_head(xml.encode(encoding))
    except MalformedInstance as fault:
        # wide encodings are known by their first characters; a blank first is no XML at all
        refusal = fault.code
    else:
        refusal = None
    assert refusal in {InstanceFault.DOCTYPE, InstanceFault.NOT_XML}


@common
@given(st.binary(max_size=200))
def test_any_bytes_are_a_head_or_a_fault(data: bytes) -> None:
    try:
        read_head(data)
    except MalformedInstance:
        return


@common
@given(TYPES, st.one_of(TEXTS, st.text("0123456789+-:.TZeE; ", max_size=40)))
def test_any_text_is_read_or_kept(kind: str, lexical: str) -> None:
    value = read_value(Field("/d/a", "a", "", kind, 1, "a"), lexical)
    if isinstance(value, Misfit):
        assert value.lexical == lexical
    elif value is None:
        assert not lexical.strip()


@common
@given(st.integers(-(10**17), 10**17))
def test_integers_come_back(number: int) -> None:
    assert read_value(Field("/d/a", "a", "", "int", 1, "a"), str(number)) == number


@common
@given(st.datetimes(timezones=st.timezones()))
def test_moments_come_back(moment: object) -> None:
    text = str(getattr(moment, "isoformat")(timespec="milliseconds"))  # noqa: B009 - hypothesis types it loosely
    value = read_value(Field("/d/a", "a", "", "dateTime", 1, "a"), text)
    assert not isinstance(value, Misfit) or text.count(":") > 3


@common
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), TEXTS.filter(str.strip)))
def test_filling_leaves_well_formed_xml_with_the_values_in_it(values: dict[str, str]) -> None:
    values.pop("consent_hash", None)
    body = "".join(f"<q{i}>{{{{{name}}}}}</q{i}>" for i, name in enumerate(values))
    filled = fill(f"<d>{body}</d>".encode(), values)
    shown = [element.text for element in etree.fromstring(filled)]
    assert shown == [value.strip() for value in values.values()]


@common
@given(TEXTS)
def test_a_schema_comes_back_from_storage(title: str) -> None:
    schema = FormSchema("f", "1", title, "vi", ("vi",), SCHEMA.fields, SCHEMA.tables)
    assert FormSchema.from_json(schema.to_json()) == schema


@common
@given(st.text(max_size=40))
def test_placeholders_are_found_wherever_they_stand(around: str) -> None:
    text = f"{around}{{{{who}}}}{around}"
    assert "who" in placeholders(text.encode("utf-8", "replace"))
