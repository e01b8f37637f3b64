"""Stata and SPSS: names, labels, missing values and letters as another program reads them."""

from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from surveys.collection.jobs import JobRefused
from surveys.results.exports import statistics_files
from surveys.results.exports.cells import Reason
from surveys.results.exports.legal_names import legal_names
from surveys.results.exports.pieces import JoinedDta, JoinedSav
from tests.export_world import LONG_TEXT, ExportWorld, unpacked, write_file

READERS = {"dta": pyreadstat.read_dta, "sav": pyreadstat.read_sav}


@pytest.fixture(params=["dta", "sav"])
def files(request: pytest.FixtureRequest, world: ExportWorld, tmp_path: Path) -> Any:
    folder = unpacked(write_file(world, tmp_path, request.param))
    return lambda name: READERS[request.param](folder / f"{name}.{request.param}")


def test_values_come_back(files: Any) -> None:
    frame, _ = files("records")
    first = frame.iloc[0]
    assert (first.ten, first.tuoi, first.dien_tich) == ('Nguyễn Thị "Lan", <A>', 34, 0.125)
    assert first.ngay == date(2026, 10, 5)
    assert first.gio == time(7, 30)
    assert first.luc.isoformat() == "2026-10-05T07:30:00"
    assert first.vi_tri_longitude == 105.25
    assert (first.xem_tv, first.xem_web) == (1, 1)


def test_answers_of_a_list_are_numbers_with_labels(files: Any) -> None:
    frame, about = files("records")
    labels = about.variable_value_labels
    assert labels["co_mang"] == {1: "Có", 2: "Không"}
    assert labels["muc"] == {1: "Thấp", 2: "Vừa", -98: "Không biết"}
    assert labels["xem_tv"] == {1: "Có", 0: "Không"}
    assert (frame.co_mang[0], frame.muc[0]) == (1, -98)


def test_variables_carry_their_questions(files: Any) -> None:
    _, about = files("nguoi")
    assert about.column_names_to_labels["di_hoc"] == "Đi học?"


def test_what_does_not_fit_and_what_is_empty_are_missing(files: Any) -> None:
    frame, _ = files("records")
    assert np.isnan(frame.tuoi.astype(float)).tolist() == [False, True, True]
    assert frame.co_mang.isna().tolist() == [False, True, True]
    assert frame.luc.isna().tolist() == [False, True, True]
    notes, _ = files("notes")
    assert "bốn hai" in notes.text.tolist()


def test_a_long_text_is_whole_in_the_file_or_in_the_notes(files: Any) -> None:
    frame, _ = files("records")
    notes, _ = files("notes")
    cut = notes[notes.reason == Reason.LONG.said_in("vi")].text.tolist()
    # Both drop blanks at the end of a text.
    whole = LONG_TEXT.rstrip()
    assert frame.ghi_chu[1].rstrip() == whole or len(cut) > 0


def test_repeats_join_their_record(files: Any) -> None:
    frame, _ = files("nguoi.mon")
    assert frame[["record_id", "record_parent_row"]].to_numpy().tolist() == [["uuid:1", 2]] * 2


def test_names_are_legal_for_both_and_stand_once() -> None:
    names = ["Tuổi hộ", "tuoi_ho", "TUOI_HO", "2x", "by", "str12", "é" * 40, "é" * 41, "đ/ã", "***"]
    found = legal_names(names)
    assert len({each.lower() for each in found}) == len(names)
    assert all(len(each) <= 32 and each.isascii() and each[0].isalpha() for each in found)
    assert found[:5] == ["Tuoi_ho", "tuoi_ho_2", "TUOI_HO_3", "v_2x", "by_"]


def test_pieces_joined_equal_what_the_library_writes_at_once(
    world: ExportWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, read in READERS.items():
        at_once = unpacked(write_file(world, tmp_path, name))
        monkeypatch.setattr(statistics_files, "PIECE_CELLS", 1)
        in_pieces = unpacked(write_file(world, tmp_path, name))
        monkeypatch.undo()
        for table in ("records", "nguoi", "nguoi.mon", "notes"):
            whole, about = read(at_once / f"{table}.{name}")
            joined, about_joined = read(in_pieces / f"{table}.{name}")
            pd.testing.assert_frame_equal(whole, joined)
            assert about.number_rows == about_joined.number_rows == len(whole)
            assert about.variable_value_labels == about_joined.variable_value_labels


@pytest.mark.parametrize("longest", [3, 2_046, 40_000])
@pytest.mark.parametrize("join", [JoinedSav, JoinedDta])
def test_rows_of_many_pieces_come_back_one_by_one(
    join: type[JoinedSav | JoinedDta], longest: int, tmp_path: Path
) -> None:
    read, write = (
        (pyreadstat.read_sav, pyreadstat.write_sav)
        if join is JoinedSav
        else (pyreadstat.read_dta, pyreadstat.write_dta)
    )
    random = np.random.default_rng(7)
    number = random.choice([-100.0, -99, -0.0, 0, 1, 151, 152, 1e300, 0.5, np.nan], size=100)
    text = ["ă" * int(n) for n in random.integers(0, longest // 2, size=100)]
    target = tmp_path / "joined"
    with join(target) as joined:
        for start, end in ((0, 1), (1, 40), (40, 40), (40, 100)):
            first = pd.DataFrame({"number": [0.0], "text": ["x" * longest]})
            rows = pd.DataFrame({"number": number[start:end], "text": text[start:end]})
            write(pd.concat([first, rows], ignore_index=True), tmp_path / "piece")
            joined.add(tmp_path / "piece", 1 + end - start)
    frame, about = read(target)
    np.testing.assert_array_equal(frame.number, number)
    assert frame.text.tolist() == text
    assert about.number_rows == 100


def test_an_empty_table_is_a_file_without_rows(tmp_path: Path) -> None:
    pyreadstat.write_sav(pd.DataFrame({"number": [0.0]}), tmp_path / "piece")
    with JoinedSav(tmp_path / "joined") as joined:
        joined.add(tmp_path / "piece", 1)
    frame, _ = pyreadstat.read_sav(tmp_path / "joined")
    assert list(frame) == ["number"]
    assert not len(frame)


def test_a_file_that_has_no_room_is_refused_with_advice(
    world: ExportWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics_files, "free_bytes", lambda _folder: 20)
    with pytest.raises(JobRefused) as refusal:
        write_file(world, tmp_path, "dta")
    assert "Parquet" in refusal.value.errors[0]["remedy_en"]
