"""What changed between two versions of a form."""

import pytest

from forms.diff import Effect, FormChange, Kind, facts_of, form_diff

HEAD = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>F</h:title><model><instance><d id="f" version="1">{nodes}</d></instance>{binds}
</model></h:head><h:body>{body}</h:body></h:html>"""


def form(*parts: tuple[str, str, str]) -> bytes:
    """Parts of (node, bind, control)."""
    nodes, binds, body = ("".join(each) for each in zip(*parts, strict=True))
    return HEAD.format(nodes=nodes, binds=binds, body=body).encode()


def question(
    name: str, label: str = "", kind: str = "string", **logic: str
) -> tuple[str, str, str]:
    said = "".join(f' {key}="{value}"' for key, value in logic.items())
    return (
        f"<{name}/>",
        f'<bind nodeset="/d/{name}" type="{kind}"{said}/>',
        f'<input ref="/d/{name}"><label>{label or name}</label></input>',
    )


def choices(name: str, control: str = "select1", **labels: str) -> tuple[str, str, str]:
    items = "".join(
        f"<item><label>{label}</label><value>{code}</value></item>"
        for code, label in labels.items()
    )
    return (
        f"<{name}/>",
        f'<bind nodeset="/d/{name}" type="string"/>',
        f'<{control} ref="/d/{name}"><label>{name}</label>{items}</{control}>',
    )


def grouped(group: str, part: tuple[str, str, str]) -> tuple[str, str, str]:
    node, bind, control = part
    inside = f"/d/{group}/"
    return (
        f"<{group}>{node}</{group}>",
        bind.replace("/d/", inside),
        f'<group ref="/d/{group}">{control.replace("/d/", inside)}</group>',
    )


def diff(old: bytes, new: bytes) -> list[FormChange]:
    return list(form_diff(facts_of(old), facts_of(new)))


def only(old: tuple[str, str, str], new: tuple[str, str, str]) -> FormChange:
    (change,) = diff(form(question("x"), old), form(question("x"), new))
    return change


def test_a_form_is_equal_to_itself() -> None:
    same = form(question("a", constraint=". > 1"), choices("b", yes="Có", no="Không"))
    assert diff(same, same) == []


def test_a_question_comes_and_goes() -> None:
    old, new = form(question("a"), question("b", kind="int")), form(question("a"), question("c"))
    assert [(c.kind, c.question.name, c.effect) for c in diff(old, new)] == [
        (Kind.REMOVED, "b", Effect.HURT),
        (Kind.ADDED, "c", Effect.NONE),
    ]


def test_the_same_words_under_another_name_are_one_question() -> None:
    change = only(question("ten", "Họ và tên"), question("ho_ten", "Họ và tên"))
    assert (change.kind, change.old, change.new) == (Kind.RENAMED, "ten", "ho_ten")
    assert change.effect is Effect.HURT


def test_a_question_that_moves_into_a_group_leaves_its_answers() -> None:
    change = only(question("a"), grouped("g", question("a")))
    assert (change.kind, change.old, change.new) == (Kind.RENAMED, "a", "g/a")


def test_two_questions_with_the_same_words_are_no_renaming() -> None:
    old = form(question("a", "Tên"), question("b", "Tên"), question("x"))
    new = form(question("c", "Tên"), question("x"))
    assert [c.kind for c in diff(old, new)] == [Kind.REMOVED, Kind.REMOVED, Kind.ADDED]


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [
        ("int", "decimal", Effect.LOOK),
        ("date", "dateTime", Effect.LOOK),
        ("int", "string", Effect.LOOK),
        ("string", "int", Effect.HURT),
        ("decimal", "int", Effect.HURT),
    ],
)
def test_a_type_that_takes_the_old_answers_hurts_none(old: str, new: str, effect: Effect) -> None:
    change = only(question("a", kind=old), question("a", kind=new))
    assert (change.kind, change.old, change.new, change.effect) == (Kind.TYPE, old, new, effect)


@pytest.mark.parametrize(
    ("old", "new", "effect"),
    [("select1", "select", Effect.LOOK), ("select", "select1", Effect.HURT)],
)
def test_one_answer_fits_into_several_and_not_the_other_way(
    old: str, new: str, effect: Effect
) -> None:
    change = only(choices("a", old, yes="Có"), choices("a", new, yes="Có"))
    assert (change.kind, change.effect) == (Kind.CONTROL, effect)


def test_choices_come_go_and_change_their_words() -> None:
    old = form(choices("a", yes="Có", no="Không", dk="Không biết"))
    new = form(choices("a", yes="Có", no="Chưa", other="Khác"))
    assert [(c.kind, c.choice, c.old, c.new, c.effect) for c in diff(old, new)] == [
        (Kind.CHOICE_RELABELLED, "no", "Không", "Chưa", Effect.LOOK),
        (Kind.CHOICE_REMOVED, "dk", "Không biết", "", Effect.HURT),
        (Kind.CHOICE_ADDED, "other", "", "Khác", Effect.NONE),
    ]


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("constraint", Effect.LOOK),
        ("relevant", Effect.LOOK),
        ("calculate", Effect.LOOK),
        ("required", Effect.NONE),
    ],
)
def test_logic_is_compared_without_its_blanks(name: str, effect: Effect) -> None:
    old, same = question("a", **{name: "1  = 1"}), question("a", **{name: "1 = 1 "})
    assert diff(form(old), form(same)) == []
    change = only(old, question("a", **{name: "2 = 2"}))
    assert (change.kind.value, change.old, change.new) == (name, "1 = 1", "2 = 2")
    assert change.effect is effect


def test_words_of_a_question_hurt_no_answer() -> None:
    change = only(question("a", "Tuổi?"), question("a", "Bao nhiêu tuổi?"))
    assert (change.kind, change.old, change.new) == (Kind.LABEL, "Tuổi?", "Bao nhiêu tuổi?")
    assert change.effect is Effect.NONE
