"""The catalogue of problems: codes are unique, both languages are there, the docs list all."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from api import problems
from surveys.collection.problems import CATALOGUE, PROBLEMS, as_markdown
from surveys.collection.refusal import Refused

PLACE = re.compile(r"\{(\w+)\}")


def test_no_code_stands_twice() -> None:
    assert len(CATALOGUE) == len(PROBLEMS)
    assert len({str(problem.code) for problem in PROBLEMS}) == len(PROBLEMS)


def test_codes_stand_in_order_and_are_errors_or_kept_aside() -> None:
    statuses = [problem.status for problem in PROBLEMS]
    assert statuses == sorted(statuses)
    assert {status for status in statuses if status < 400} <= {202}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: str(problem.code))
def test_a_problem_says_its_sentence_in_both_languages(problem: problems.Problem) -> None:
    assert problem.vi != problem.en
    assert re.search(r"[À-ỹ]", problem.vi)
    assert problem.vi.endswith((".", "}"))
    assert problem.en.endswith((".", "}"))
    shared = set(PLACE.findall(problem.vi)) - {"reason_vi"}
    assert shared == set(PLACE.findall(problem.en)) - {"reason_en"}


def test_the_docs_list_the_catalogue_as_it_is() -> None:
    page = Path(settings.BASE_DIR) / "docs" / "problems.md"
    assert page.read_text(encoding="utf-8") == as_markdown()


def test_every_code_that_the_code_names_is_in_the_catalogue() -> None:
    named = set()
    for room in ("api", "surveys", "dashboard"):
        for file in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            named |= set(re.findall(r"(?:Raised|Refused|Forbidden|refusal)\((\d{3}\.\d+)", text))
    assert named
    assert {float(code) for code in named} <= set(CATALOGUE)


def test_an_unknown_code_reads_as_our_own_fault() -> None:
    assert problems.get(499.9).code == 500.1


def test_a_missing_detail_does_not_break_the_sentence() -> None:
    assert "…" in Refused(409.4).vi


def test_details_that_look_like_places_are_taken_as_they_are() -> None:
    assert "{x}" in Refused(404.6, name="{x}").vi


def test_json_carries_message_code_and_details() -> None:
    answer = problems.json_response(404.6, {"name": "ảnh.png"})
    said = json.loads(answer.content)
    assert answer.status_code == 404
    assert said["code"] == 404.6
    assert said["details"]["name"] == "ảnh.png"
    assert "ảnh.png" in said["details"]["vi"]
    assert said["message"] == f"{said['details']['vi']} / {said['details']['en']}"


def test_openrosa_is_a_document_with_the_vietnamese_sentence() -> None:
    answer = problems.openrosa_response(404.6, details={"name": "<a&b>"})
    assert answer["Content-Type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert "<a&b>" in (root[0].text or "")
