"""The technical part of the report: what an auditor asks for, and nothing withheld."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from maps.specification import Language
from surveys.results.models import Estimate, Run
from surveys.results.reading import reader, technical_page
from surveys.results.report.sheets import Pages, workbook
from surveys.results.report.words import Speaker
from tests.unit.results import test_report
from tests.unit.results.test_report import row

pytestmark = pytest.mark.django_db
run = test_report.run  # the fixture

SAMPLE = {
    "strata": 6,
    "psus": 96,
    "fewest_psus": 16,
    "households": 1920,
    "largest_fraction": 0.31,
    "has_fpc": True,
    "dispositions": {"110": 1700, "2111": 220},
}


@pytest.fixture
def technical(run: Run) -> Run:
    run.report |= {
        "sample": {"A": SAMPLE},
        "core_check": [{"indicator": "bank_account", "all": 0.71, "self": 0.66}],
        "list_question": {"floor": 0.09, "ceiling": 0.04},
        "pooled_deff": {"bank_account": 1.8, "equipped": 1.7, "first_gap": 1.5},
    }
    return run


def sheet(run: Run, rows: list[Estimate], title: str) -> list[list[Any]]:
    content = workbook(Pages.of(reader(run, rows)), Speaker(Language.VI))
    lines = load_workbook(io.BytesIO(content))[title].iter_rows(values_only=True)
    return [[value for value in line if value is not None] for line in lines]


def test_the_method_sheet_holds_the_sample_the_results_and_the_checks(technical: Run) -> None:
    rows = [row(technical, "bank_account"), row(technical, "extra_paid_list")]
    lines = sheet(technical, rows, "Cách làm")
    assert ["Phiếu A", 6, 96, 16, 1920, 0.31, "có"] in lines
    assert ["Hoàn thành", "A", "110", "I", 1700] in lines
    assert ["Có tài khoản ngân hàng hoặc quỹ tín dụng", 0.71, 0.66] in [each[:3] for each in lines]
    assert [0.09, 0.04] in [each[-2:] for each in lines]
    assert [2, 0, 0] in [each[-3:] for each in lines]


def test_checks_of_a_withheld_figure_are_withheld(technical: Run) -> None:
    names = ("bank_account", "extra_paid_list")
    rows = [row(technical, each, publication="none") for each in names]
    page = technical_page(technical, reader(technical, rows))
    assert (page.core, page.list_floor, page.list_ceiling) == ((), None, None)


def test_the_definitions_sheet_says_base_rule_design_effect_and_missing(technical: Run) -> None:
    lines = sheet(technical, [row(technical, "equipped")], "Chỉ tiêu")
    equipped = next(line for line in lines if line and line[0] == "equipped")
    assert "người từ 18 tuổi trở lên" in equipped
    assert "smartphone_own and net_3m and vneid_level2 and account_any" in equipped
    assert {0.6, 1.7, 0.02} <= {value for value in equipped if isinstance(value, float)}
