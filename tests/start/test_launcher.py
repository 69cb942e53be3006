"""The launcher as a process, in a copied tree with stand-ins for uv and the environment, nothing downloaded."""
import ast
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = """#!{python}
# Stands in for uv: makes the folder it is asked for, and notes every call.
import pathlib, sys, os
root = pathlib.Path({root!r})
with open(root / "calls", "a") as log:
    print(*sys.argv[1:3], file=log)
if sys.argv[1] == "venv":
    (root / ".venv/bin").mkdir(parents=True)
    python = root / ".venv/bin/python"
    said = 'echo ran "$@"; echo path $PYTHONPATH $PYTHONDONTWRITEBYTECODE'
    python.write_text("#!/bin/sh\\n" + said + "\\nexit ${{STAND_IN_EXIT:-0}}\\n")
    python.chmod(0o755)
{more}
"""


@pytest.fixture
def start(tree):
    """Starts the launcher with only the stand-in for uv (and sh) on PATH."""
    tools = tree / "tools"
    tools.mkdir()

    def stand_in(more=""):
        (tools / "uv").write_text(UV.format(python=sys.executable, root=str(tree), more=more), encoding="utf-8")
        (tools / "uv").chmod(0o755)

    def run(*arguments, popen=False, **environment):
        command = [sys.executable, str(tree / "milepost"), *arguments]
        env = {"PATH": str(tools), "MILEPOST_SKIP_ASSETS": "1", **environment}
        options = {"cwd": tree.parent, "env": env, "stdin": subprocess.DEVNULL, "text": True}
        if popen:
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)

    stand_in()
    run.stand_in = stand_in
    return run


def calls(tree):
    return (tree / "calls").read_text(encoding="utf-8").splitlines() if (tree / "calls").exists() else []


def test_the_first_start_makes_the_environment_and_becomes_the_command_line(start, tree):
    first = start("deploy", "some file", STAND_IN_EXIT="7", PYTHONDONTWRITEBYTECODE="1")
    assert first.returncode == 7
    assert first.stdout.splitlines() == ["ran -P -m web deploy some file", f"path {tree}"]
    assert "Making the environment in .venv ... done" in first.stderr
    assert calls(tree) == ["venv --no-project", "pip install"]


def test_the_second_start_does_nothing_but_run(start, tree):
    start("check")
    second = start("check")
    assert second.stderr == ""
    assert len(calls(tree)) == 2


def test_without_arguments_it_shows_the_help(start):
    assert "-m web --help" in start().stdout


def test_changed_requirements_make_the_environment_anew(start, tree):
    start("check")
    with (tree / "requirements.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    again = start("check")
    assert "making it anew" in again.stderr
    assert len(calls(tree)) == 4


def test_a_half_made_environment_is_made_anew(start, tree):
    start.stand_in(more='if sys.argv[1] == "pip": sys.exit("power cut")')
    cut = start("check")
    assert cut.returncode == 1
    assert "power cut" in cut.stderr
    assert "Traceback" not in cut.stderr
    start.stand_in()
    again = start("check")
    assert again.returncode == 0
    assert "making it anew" in again.stderr


MEET = """
if sys.argv[1] == "pip":
    with open(root / "arrived", "w") as arrived:
        arrived.write("here")
    open(root / "go").read()
"""


@pytest.fixture
def meeting(tree):
    """Two pipes: the stand-in for uv says that it installs, and goes on once it is told to."""
    for name in ("arrived", "go"):
        os.mkfifo(tree / name)
    arrived = os.open(tree / "arrived", os.O_RDONLY | os.O_NONBLOCK)
    yield lambda: select.select([arrived], [], [], 30)[0] == [arrived]
    os.close(arrived)


def test_ctrl_c_while_installing_ends_cleanly_and_the_next_start_recovers(start, meeting):
    start.stand_in(more=MEET)
    child = start("check", popen=True)
    assert meeting()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Stopped." in err
    assert "Traceback" not in err
    start.stand_in()
    assert start("check").returncode == 0


def test_two_at_once_make_one_environment(start, tree, meeting):
    start.stand_in(more=MEET)
    first = start("check", popen=True)
    assert meeting()
    second = start("check", popen=True)
    assert "waiting for it" in second.stderr.readline()
    (tree / "go").write_text("go on", encoding="utf-8")
    for child in (first, second):
        child.communicate(timeout=30)
    assert [first.returncode, second.returncode] == [0, 0]
    assert calls(tree) == ["venv --no-project", "pip install"]


def test_an_unwritable_folder_is_said_without_a_traceback(start, tree):
    (tree / ".milepost.lock").mkdir()  # even root cannot open a folder for writing
    refused = start("check")
    assert refused.returncode == 1
    assert "could not prepare" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_missing_ensurepip_names_the_package(start, tree):
    (tree / "tools/uv").unlink()
    hidden = "import sys; sys.modules['ensurepip'] = None; import runpy; sys.argv = ['milepost', 'check']; "
    script = hidden + f"runpy.run_path({str(tree / 'milepost')!r}, run_name='__main__')"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False,
                            env={"PATH": str(tree / "tools")})  # fmt: skip
    assert answer.returncode == 1
    assert f"apt install python{sys.version_info.major}.{sys.version_info.minor}-venv" in answer.stderr


def test_tests_without_a_browser_run_the_rest_and_fail_with_the_package(start):
    answer = start("test", "tests/engine", "-x", HOME="/nonexistent")
    assert answer.returncode == 1
    assert "ran -P -m pytest tests/engine -x -m not browser" in answer.stdout
    assert "`chromium`" in answer.stderr


def test_tests_get_the_browser_that_was_found(start, tree):
    chromium = tree / "tools/chromium"
    chromium.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    chromium.chmod(0o755)
    answer = start("test", "-q", STAND_IN_EXIT="5")
    assert answer.returncode == 5
    assert answer.stdout.splitlines()[0] == "ran -P -m pytest -q"


def test_all_tests_run_side_by_side(start, tree):
    chromium = tree / "tools/chromium"
    chromium.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    chromium.chmod(0o755)
    cores = min((os.cpu_count() or 1) + 2, 4)
    assert start("test").stdout.splitlines()[0] == f"ran -P -m pytest -n {cores} --dist worksteal"


@pytest.mark.parametrize("command", ["test", "build"])
def test_its_own_commands_explain_themselves_before_anything_is_made(start, tree, command):
    answer = start(command, "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"Usage: ./milepost {command}")
    assert not (tree / ".venv").exists()


def test_an_old_python_can_still_read_it():
    source = (ROOT / "milepost").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    first_import = next(node for node in tree.body if isinstance(node, ast.Import) and node.names[0].name != "sys")
    assert source.index("sys.version_info <") < source.index("import contextlib")
    assert first_import.lineno > 8


def test_it_is_executable_and_needs_the_standard_library_only():
    assert os.access(ROOT / "milepost", os.X_OK)
    allowed = sys.stdlib_module_names | {"building", "phases"}
    for path in (ROOT / "milepost", ROOT / "web/assets/building.py", ROOT / "web/assets/phases.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed
            elif isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in allowed
