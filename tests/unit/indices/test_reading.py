"""Definition files: what is sound is read, and every mistake is named with file, line and field."""

import pytest

from analysis.indicators.table import CATALOGUE, read_own
from analysis.indices.asked import not_asked
from analysis.indices.definition import Kind, Missing, Unit, Weight
from analysis.indices.problems import DefinitionError
from analysis.indices.reading import read

BASE = """form = "B"

[base.women]
vi = "phụ nữ"
en = "women"
met = { question = "r_sex", is = ["f"], only = "users" }
"""


def indicator(body: str, name: str = "own") -> str:
    return f'{BASE}\n[indicator.{name}]\nvi = "a"\nen = "b"\nbase = "women"\nrule = "r"\n{body}\n'


def mistakes(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        read_own(text, "own.toml")
    return [str(problem) for problem in caught.value.problems]


def test_a_sound_file_gives_definitions_bases_and_columns() -> None:
    found = read_own(indicator('met = { question = "f5_know", is = ["yes"] }'), "own.toml")
    own = found.definitions["own"]
    assert (own.kind, own.unit, own.weight) == (Kind.SHARE, Unit.SHARE, Weight.RESPONDENT)
    assert own.base.en == "women"
    assert [recode.column for recode in found.recodes] == ["women", "own"]
    assert set(CATALOGUE.joined(found).definitions) == {*CATALOGUE.definitions, "own"}


def test_the_definition_is_stored_as_plain_data() -> None:
    own = read_own(indicator('parts = ["item_sat_f1_1", "voice_know_users"]'), "f").definitions
    stored = own["own"].to_json()
    assert stored["parts"][0]["column"] == "item_sat_f1_1"
    assert stored["parts"][0]["coefficient"] == 50
    assert stored["base"] == {"id": "women", "vi": "phụ nữ", "en": "women"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "own.toml:8 indicator.own met: is missing: which answers?"),
        (
            'met = { question = "q", is = ["1"] }\ncolour = "red"',
            "own.toml:14 indicator.own colour: there is no such field; did you mean “core”?",
        ),
        (
            'met = { question = "q" }',
            "own.toml:13 indicator.own.met: must have exactly one of is, has, number, all, any",
        ),
        (
            'met = { all = ["nowhere"] }',
            "own.toml:13 indicator.own met: needs column “nowhere”, which is not there",
        ),
        (
            'met = { question = "q", is = "1" }',
            'own.toml:13 indicator.own.met is: must be a list ["a", "b"]',
        ),
        (
            'weight = "everyone"\nprogram = true',
            "must be one of household, person, self, respondent",
        ),
        (
            "parts = { factor_place = 0 }",
            "own.toml:13 indicator.own parts: needs weights above zero",
        ),
        (
            "parts = { factor_place = inf }",
            "own.toml:13 indicator.own parts: must be { name = weight",
        ),
        ("parts = { nowhere = 1 }", "there is no indicator or column “nowhere”"),
        ('parts = ["own"]', "there is no indicator or column “own (→ own)”"),
        ('parts_of = "nothing"', "own.toml:13 indicator.own parts_of: no index “nothing” above"),
        (
            'parts = ["voice_know"]\nreversed = ["voice_know"]\naggregate = "pooled"',
            "own.toml:14 indicator.own reversed: does not go with pooled",
        ),
        ('parts = ["voice_know"]\nmissing = "some"', "missing: must be one of item, all"),
        (
            'parts = ["voice_know"]\nleast_answers = 0',
            "least_answers: must be a whole number from 1",
        ),
        ('parts = ["voice_know"]\naggregate = "overall"', "no indicator or column “overall”"),
        ('core = "yes"\nprogram = true', "own.toml:13 indicator.own core: must be true or false"),
        (
            'category.a = { vi = "x" }\neach = { question = "q" }',
            "indicator.own.category.a en: is missing",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(body: str, said: str) -> None:
    assert any(said in each for each in mistakes(indicator(body))), mistakes(indicator(body))


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes(indicator('colour = "red"\ncore = 1'))) == 3


def test_what_is_no_toml_is_told_with_its_line() -> None:
    assert mistakes('form = "B"\nx = = 1')[0].startswith("own.toml:2: is not TOML")
    assert "is not TOML" in mistakes("x = " + "[" * 100_000)[0]
    assert "too large" in mistakes("#" * 1_000_001)[0]


@pytest.mark.parametrize("key", ["a" + ".a" * 5_000, '"a"' + ' . "a"' * 5_000])
def test_a_name_of_very_many_parts_is_refused_before_it_fills_the_memory(key: str) -> None:
    for line in (f"{key} = 1", f"[{key}]"):
        with pytest.raises(DefinitionError, match=r"own\.toml:2: a name of too many parts"):
            read_own(f'form = "A"\n{line}\n', "own.toml")


def test_a_file_says_which_form_it_is_about() -> None:
    assert "form: is missing" in mistakes("")[0]
    assert "must be one of A, B" in mistakes('form = "C"')[0]


def test_an_id_of_the_product_cannot_be_taken_and_must_be_readable() -> None:
    assert "is taken" in mistakes(indicator("program = true", "sat_users"))[0]
    assert "is taken" in mistakes('form = "B"\n[base.users]\nvi="a"\nen="b"\nprogram=true')[0]
    assert "lower-case" in mistakes(indicator("program = true", "Own-1"))[0]
    assert "lower-case" in mistakes(indicator("program = true", "own_low"))[0]


def test_columns_may_stand_in_any_order_but_not_in_a_circle() -> None:
    text = BASE + '[column.b]\nall = ["a"]\n[column.a]\nquestion = "q"\nis = ["1"]\n'
    found = read_own(text, "own.toml")
    assert [recode.column for recode in found.recodes] == ["women", "a", "b"]
    circle = BASE + '[column.a]\nall = ["b"]\n[column.b]\nall = ["a"]\n'
    assert len(mistakes(circle)) == 2


def test_an_index_may_be_made_of_sub_indices_of_the_product() -> None:
    text = indicator(
        'parts = { factor_place = 3, voice_know_users = 1 }\nmissing = "all"\nleast_answers = 5'
    )
    own = read_own(text, "own.toml").definitions["own"]
    assert [(part.column, part.coefficient, part.group) for part in own.parts] == [
        ("item_sat_f1_1", 37.5, "factor_place"),
        ("item_sat_f1_2", 37.5, "factor_place"),
        ("voice_know_users", 25.0, "voice_know_users"),
    ]
    assert (own.missing, own.least_answers) == (Missing.ALL, 5)


def test_the_rules_of_an_index_of_the_product_may_be_changed() -> None:
    pooled = read_own(indicator('parts_of = "sat_users"\naggregate = "pooled"'), "f")
    pools = {part.pool for part in pooled.definitions["own"].parts}
    assert {"factor_place", "factor_staff", ""} < pools
    overall = read_own(indicator('parts_of = "sat_users"\naggregate = "overall"'), "f")
    parts = overall.definitions["own"].parts
    assert [part.column for part in parts] == [
        "item_sat_f1_0",
        "item_sat_f2_0",
        "item_sat_f3_0",
        "item_sat_f4_0",
        "voice_know_users",
    ]
    assert [part.coefficient for part in parts] == pytest.approx([20] * 5)


def test_steps_and_reversed_items_are_put_on_the_scale() -> None:
    body = 'parts = ["mean_score_f1_1", "extra_paid"]\nreversed = ["extra_paid"]'
    own = read_own(indicator(body), "f").definitions["own"]
    # (mean − 1) / 4 × 100, and 100 less the share; half and half
    assert [part.coefficient for part in own.parts] == [12.5, -50.0]
    assert own.constant == pytest.approx(-12.5 + 50.0)


ITEMS = """
[items]
steps = ["1", "2", "3"]
top = ["3"]
bottom = ["1"]
make.top = "good_{item}"
make.net = "net_{item}"

[item.desk]
question = "f3_0"
vi = "Bàn"
en = "Desk"
base = "women"
"""


def test_items_make_top_and_net() -> None:
    found = read_own(BASE + ITEMS, "own.toml")
    assert list(found.definitions) == ["good_desk", "net_desk"]
    net = found.definitions["net_desk"]
    assert (net.kind, net.unit) == (Kind.INDEX, Unit.NET)
    assert [(part.column, part.coefficient) for part in net.parts] == [
        ("good_desk", 100.0),
        ("bottom_of_desk", -100.0),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('top = ["3"]', 'top = ["4"]', "own.toml:10 items top: “4” is not in steps"),
        ("good_{item}", "good", "must hold {item}"),
        ('bottom = ["1"]\n', "", "items bottom: is missing"),
        ('base = "women"', 'base = "men"', "item.desk base: there is no base “men”"),
    ],
)
def test_mistakes_of_items_are_named(old: str, new: str, said: str) -> None:
    text = BASE + ITEMS.replace(old, new)
    assert any(said in each for each in mistakes(text)), mistakes(text)


def test_questions_and_codes_are_looked_up_in_the_form() -> None:
    text = indicator('met = { question = "f9", is = ["yes"] }')
    found = read_own(text, "own.toml")
    problems = not_asked(found, text, "own.toml", {"r_sex": ["m"]})
    assert [(each.line, each.en) for each in problems] == [
        (6, "question “r_sex” has no choice “f”"),
        (13, "the form has no question “f9”"),
    ]


def test_a_file_may_stand_alone() -> None:
    with pytest.raises(DefinitionError, match="needs column “users”"):
        read(BASE, "own.toml")


def test_a_long_chain_of_indices_is_refused_and_not_followed() -> None:
    def chain(length: int) -> str:
        rest = "".join(
            f'[indicator.i{at}]\nvi = "a"\nen = "b"\nbase = "women"\nrule = "r"\n'
            f'parts = ["i{at + 1}"]\n'
            for at in range(length)
        )
        last = indicator('met = { question = "q", is = ["1"] }', f"i{length}")
        return f"{last}\n{rest}"

    parts = read_own(chain(19), "f").definitions["i0"].parts
    assert [part.coefficient for part in parts] == [100.0]
    assert any("i0 → i1 → … → i20 (> 20 →)" in said for said in mistakes(chain(600)))
