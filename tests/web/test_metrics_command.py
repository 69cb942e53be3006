"""`metrics` as an analyst meets it: any history, figures for people or for programs, refusals as sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from web.__main__ import run

HEAD = "milestone,recorded_on,date,state\n"
ROWS = "a,2024-01-01,2024-01-11,expected\nb,2024-01-01,2024-01-21,expected\na,2024-01-14,2024-01-13,actual\n"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    file = tmp_path / "history.csv"
    file.write_bytes(b"\xef\xbb\xbf" + (HEAD + ROWS).replace("\n", "\r\n").encode())
    return file


def test_the_figures_for_programs_are_not_rounded(history, capsys):
    words = ["metrics", str(history), "--start", "2024-01-01", "--as-of", "2024-01-21", "--tolerance", "1", "--json"]
    assert run(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["milestones"] == {"baseline": 2, "completed": 1, "dropped": 0, "added": 0}
    assert found["on_time"] == {"tolerance_days": 1, "completed": {"n": 0, "of": 1}, "due": {"n": 0, "of": 1}}
    assert found["slip_days"] == {"n": 2, "mean": 1, "median": 1, "max": 2}
    assert found["stale"] == []
    assert found["stood_stale"] == [{"milestone": "a", "days": 3}]
    assert found["earned_schedule"] == {
        "pv": 2, "ev": 1, "spi": 0.5, "es_days": 10, "at_days": 20, "spi_t": 0.5, "sv_t_days": -10,
    }  # fmt: skip


def test_the_figures_for_people_say_their_n(history, capsys):
    assert run(["metrics", str(history)]) == 0
    said = capsys.readouterr().out
    assert "As of 2024-01-14" in said
    assert "1 of 2 reached" in said
    assert "(n = 2)" in said


def test_rows_that_go_back_in_time_are_told_apart_from_the_figures(tmp_path, capsys):
    file = tmp_path / "history.csv"
    file.write_text(HEAD + "a,2024-03-01,2024-04-01,expected\na,2024-02-25,2024-04-15,expected\n")
    assert run(["metrics", str(file), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["as_of"] == "2024-03-01"
    assert "rows of a were recorded on an earlier day" in told.err


def test_the_removal_of_what_was_never_there_is_told(history, capsys):
    history.write_text(HEAD + ROWS + "A,2024-01-15,,removed\n")
    assert run(["metrics", str(history), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["milestones"]["dropped"] == 0
    assert "A is said to be removed, but no other row names it" in told.err


def test_people_are_told_of_the_first_ten(tmp_path, capsys):
    file = tmp_path / "history.csv"
    file.write_text(HEAD + "".join(f"m{n:02},2024-01-01,2024-01-11,expected\n" for n in range(12)))
    words = ["metrics", str(file), "--as-of", "2024-01-12"]
    assert run(words) == 0
    assert "m09 for 1 day and 2 more\n" in capsys.readouterr().out
    assert run([*words, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["stale"]) == 12


def test_a_name_moves_no_cursor(tmp_path, capsys):
    file = tmp_path / "history.csv"
    file.write_text(HEAD + "\x1b[2Ja\x9bb,2024-01-01,2024-01-11,expected\n", encoding="utf-8")
    assert run(["metrics", str(file), "--as-of", "2024-01-12", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stale"] == [{"milestone": "[2Ja b", "days": 1}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("end", "separator"), [("\n", ","), ("\r\n", ";"), ("\r\n", "\t")])
def test_a_file_is_read_as_spreadsheets_write_it(tmp_path, capsys, encoding, end, separator):
    file = tmp_path / "history.csv"
    text = ("\nnote,State,Milestone,Recorded_On,date\n" + "x,Expected,“ä”,2024-01-01,2024-01-11\n\n").replace("\n", end)
    file.write_bytes(text.replace(",", separator).encode(encoding))
    assert run(["metrics", str(file), "--as-of", "2024-01-12", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stale"] == [{"milestone": "“ä”", "days": 1}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "milestone is missing"),
        (HEAD.encode(), "holds no milestones"),
        ((HEAD.strip() + ",date\n").encode(), "names the column date twice"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        ((HEAD + "a,2024-01-01,2024-02-30,expected\n").encode(), "Line 2"),
        ((HEAD + "a,2024-01-01,Mon 2024-01-02,expected\n").encode(), "not “Mon”"),
    ],
)
def test_a_file_that_is_no_history_is_one_sentence(tmp_path, capsys, content, sentence):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    assert run(["metrics", str(file)]) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1
