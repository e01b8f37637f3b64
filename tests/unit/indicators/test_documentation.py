"""Every indicator is explained."""

from pathlib import Path

from analysis.indicators.table import TABLE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "indices.md"


def test_every_indicator_is_named_in_the_docs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    series = ("item_sat_", "mean_score_", "factor_2_overall", "factor_3_overall")
    missing = [each for each in TABLE if f"`{each}`" not in text and not each.startswith(series)]
    assert missing == []
    assert "`item_sat_<item>`" in text
    assert "`mean_score_<item>`" in text
