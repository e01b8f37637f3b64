"""What changed between two versions of a filled form."""

from collections.abc import Mapping, Sequence

from forms.instance import parse_instance
from forms.instance_diff import Change, instance_diff


def diff(old: str, new: str, *repeats: str) -> list[tuple[str, object, object]]:
    before, after = (parse_instance(f"<d>{each}</d>".encode()) for each in (old, new))
    return [(where(c), c.old, c.new) for c in instance_diff(before, after, repeats)]


def where(change: Change) -> str:
    return "/".join(s.name if s.index is None else f"{s.name}[{s.index}]" for s in change.path)


def person(name: str) -> str:
    return f"<p><n>{name}</n></p>"


def test_equal_instances_have_no_changes() -> None:
    assert diff("<a>1</a><!-- x --><b/>", "<a>1</a><b></b>") == []


def test_a_value_changes_comes_and_goes() -> None:
    assert diff("<a>1</a><b>2</b>", "<a>9</a><c>3</c>") == [
        ("a", "1", "9"),
        ("b", "2", None),
        ("c", None, "3"),
    ]


def test_a_change_in_a_group_names_its_question() -> None:
    assert diff("<g><a>1</a><b/></g>", "<g><a>2</a><b/></g>") == [("g/a", "1", "2")]


def test_a_group_that_went_is_told_whole() -> None:
    assert diff("<g><a>1</a></g>", "") == [("g", {"a": "1"}, None)]


def test_a_group_that_became_empty_is_told_whole() -> None:
    assert diff("<g><a>1</a></g>", "<g/>") == [("g", {"a": "1"}, "")]


def test_prefixes_and_namespaces_are_no_change() -> None:
    prefixed = (
        '<o:meta xmlns:o="http://openrosa.org/xforms"><o:instanceID>1</o:instanceID></o:meta>'
    )
    assert diff(prefixed, "<meta><instanceID>1</instanceID></meta>") == []


def test_a_row_in_the_middle_does_not_change_the_rows_after_it() -> None:
    three, two = person("A") + person("B") + person("C"), person("A") + person("C")
    assert diff(three, two, "p") == [("p[1]", {"n": "B"}, None)]
    assert diff(two, three, "p") == [("p[1]", None, {"n": "B"})]


def test_a_changed_row_names_the_question() -> None:
    old, new = person("A") + person("B"), person("A") + person("X")
    assert diff(old, new, "p") == [("p[1]/n", "B", "X")]


def test_rows_beyond_the_pairs_are_added_or_removed() -> None:
    old, new = person("A") + person("B"), person("X") + person("Y") + person("Z")
    assert diff(old, new, "p") == [
        ("p[0]/n", "A", "X"),
        ("p[1]/n", "B", "Y"),
        ("p[2]", None, {"n": "Z"}),
    ]


def test_the_first_row_and_the_last_one_are_added_and_removed() -> None:
    assert diff("", person("A"), "p") == [("p[0]", None, {"n": "A"})]
    assert diff(person("A"), "", "p") == [("p[0]", {"n": "A"}, None)]


def test_repeats_in_repeats_keep_their_places() -> None:
    def household(*names: str) -> str:
        return "<h>" + "".join(person(name) for name in names) + "</h>"

    old, new = household("A", "B"), household("A", "X")
    assert diff(old, new, "h", "h/p") == [("h[0]/p[1]/n", "B", "X")]


def test_values_of_a_group_that_came_are_texts_all_the_way_down() -> None:
    (_, _, new) = diff("", "<g><p><n>A</n></p><x>1</x></g>", "g/p")[0]
    assert isinstance(new, Mapping)
    assert isinstance(new["p"], Sequence)
    assert new == {"p": [{"n": "A"}], "x": "1"}
