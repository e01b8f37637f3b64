"""Every indicator is explained; the example of a file is sound, and every field is named."""

import doctest
import re
from pathlib import Path

from analysis.indicators.table import TABLE, read_own

PAGE = Path(__file__).resolve().parents[3] / "docs" / "indices.md"


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_every_indicator_is_named_in_the_docs() -> None:
    series = ("item_sat_", "mean_score_", "factor_2_overall", "factor_3_overall")
    missing = [each for each in TABLE if f"`{each}`" not in text() and not each.startswith(series)]
    assert missing == []
    assert "`item_sat_<item>`" in text()
    assert "`mean_score_<item>`" in text()


def test_the_example_of_a_file_is_sound() -> None:
    example = re.search(r"```toml\n(.*?)```", text(), re.DOTALL)
    assert example is not None
    found = read_own(example.group(1), "docs").definitions
    assert list(found) == ["women_waited", "service", "sat_pooled", "net_desk"]


def test_the_examples_run() -> None:
    assert doctest.testfile(str(PAGE), module_relative=False).failed == 0
