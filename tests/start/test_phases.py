"""Slow commands: one line of progress each, and a hint when they fail."""
import sys

import pytest


def test_a_phase_is_one_line_with_its_time(phases, tmp_path, capfd):
    phases.run_phase("Working", [sys.executable, "-c", "print('inner noise')"], tmp_path)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("Working ... done, ")
    assert err.count("\n") == 1
    assert "noise" not in err


@pytest.mark.parametrize(
    ("said", "hint"),
    [("OSError: [Errno 28] No space left on device", "disk is full"), ("npm error code ENOTFOUND", "needs the network"),
     ("THESE PACKAGES DO NOT MATCH THE HASHES: hashes differ", "lock file")],
)  # fmt: skip
def test_a_failed_phase_shows_its_last_lines_and_a_hint(phases, tmp_path, said, hint):
    script = f"print('opening line'); print('\\n'.join(map(str, range(40)))); print({said!r}); raise SystemExit(3)"
    with pytest.raises(phases.PhaseFailed) as failed:
        phases.run_phase("Working", [sys.executable, "-c", script], tmp_path)
    message = str(failed.value)
    assert said in message
    assert hint in message
    assert "opening line" not in message


def test_a_command_that_is_not_there_is_said_plainly(phases, tmp_path):
    with pytest.raises(phases.PhaseFailed, match="could not be started"):
        phases.run_phase("Working", [str(tmp_path / "nothing")], tmp_path)


def test_the_callers_python_settings_do_not_leak_in(phases, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    environment = phases.clean_environment({"A": "b"})
    assert "PYTHONPATH" not in environment
    assert "VIRTUAL_ENV" not in environment
    assert environment["A"] == "b"
    assert environment["UV_PYTHON_DOWNLOADS"] == "never"
