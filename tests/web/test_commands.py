"""The command line as an operator meets it: in processes of its own, with real exit codes and signals."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories import PASSWORD, small_bundle
from web.__main__ import run as run_here
from web.commands import commands

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("MILEPOST_")}
    return {**kept, "MILEPOST_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """Run one command to its end."""

    def go(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "web", *arguments],
            input=stdin, capture_output=True, text=True, check=False, cwd=ROOT, env={**env, **more}, timeout=120,
        )  # fmt: skip

    return go


@pytest.fixture
def serving(env: dict[str, str]) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Start a server on a free port; gives it and all that it said until Ctrl-C was explained."""
    started: list[subprocess.Popen[str]] = []

    def go(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "web", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=env,
        )  # fmt: skip
        started.append(process)
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        return process, said

    yield go
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def opened(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  our own server
        return answer.read().decode()


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def call(
    env: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Done]:
    """Run one command within this process, which is quicker."""
    monkeypatch.setenv("MILEPOST_DATA", env["MILEPOST_DATA"])

    def go(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = run_here(arguments)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return go


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_explains_itself(call: Callable[..., Done], name: str) -> None:
    done = call(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: milepost {name}")
    assert "--help" in done.stdout
    assert commands.commands[name].short_help


def test_a_mistyped_command_and_a_bad_setting_are_one_line_each(run: Run) -> None:
    done = run("sreve")
    assert done.returncode == 2
    assert "No such command" in done.stderr
    done = run("serve", MILEPOST_PORT="eighty")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "MILEPOST_PORT is 'eighty', but must be a whole number from 0 to 65535.\n"


def test_the_first_start_makes_everything_and_ends_cleanly(
    run: Run, serving: Callable[..., tuple[subprocess.Popen[str], str]], env: dict[str, str]
) -> None:
    process, said = serving()
    folder = Path(env["MILEPOST_DATA"])
    assert "Made the database" in said
    assert "Deployed the procedure" in said
    assert re.search(r"\n    [a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}\n", said)
    assert [oct(path.stat().st_mode & 0o777) for path in (folder, folder / "secret", folder / "milepost.sqlite")] == [
        "0o700", "0o600", "0o600",
    ]  # fmt: skip
    address = re.search(r"http://127\.0\.0\.1:(\d+)", said)
    assert address
    assert "Set up Milepost" in opened(address[0] + "/sign-in")
    taken = run("serve", "--port", address[1])
    assert taken.returncode == 1
    assert f"Port {address[1]} of 127.0.0.1 is in use" in taken.stderr
    assert "Traceback" not in taken.stderr
    refused = run("restore", "--force", "pyproject.toml")
    assert refused.returncode == 1
    assert "stop it first" in refused.stderr
    process.send_signal(signal.SIGINT)
    rest, _none = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Stopped." in rest
    assert "Traceback" not in rest
    process, said = serving()
    assert "Made" not in said
    assert "Deployed" not in said
    process.send_signal(signal.SIGTERM)
    assert "Traceback" not in process.communicate(timeout=30)[0]
    assert process.returncode == 0


def test_a_port_held_by_anybody_is_said_so(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run("serve", "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert "is in use" in done.stderr


def test_administrators_from_the_command_line(call: Callable[..., Done]) -> None:
    assert "no database" in call("admin", "list").stderr
    weak = call("admin", "create", "root", "--name", "Rita Root", "--password-stdin", stdin="short\n")
    assert weak.returncode == 1
    assert "at least 12 characters" in weak.stderr
    made = call("admin", "create", "Root", "--name", "Rita Root", "--password-stdin", stdin=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    again = call("admin", "create", "root", "--name", "Rita Root", "--password-stdin", stdin=PASSWORD + "\n")
    assert again.returncode == 1
    assert "Somebody has this login already" in again.stderr
    assert call("admin", "list").stdout.endswith("root\tRita Root\tAdministrator\n")
    reset = call("admin", "reset", "root")
    assert re.search(r"    [a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}", reset.stdout)
    unknown = call("admin", "reset", "nobody")
    assert unknown.returncode == 1
    assert "no account nobody" in unknown.stderr


def test_check_and_deploy_a_bundle(call: Callable[..., Done], tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, content in small_bundle().files.items():
        (folder / name).write_bytes(content)
    (folder / "sop.toml").write_text('key = "small"\ntitle = "Small"\nedition = "1.0"\n')
    assert call("check", str(folder)).returncode == 0
    made = call("deploy", str(folder), "--reason", "The first one")
    assert made.returncode == 0, made.stderr
    assert "Deployed version 1: hello." in made.stdout
    same = call("deploy", str(folder), "--reason", "Again")
    assert same.returncode == 1
    assert "Nothing has changed" in same.stderr
    (folder / "hello.bpmn").write_text("<!DOCTYPE x><x/>")
    broken = call("check", str(folder / "hello.bpmn"))
    assert broken.returncode == 1
    assert broken.stdout.startswith(f"{folder / 'hello.bpmn'}: refused\n")
    refused = call("deploy", str(folder), "--reason", "Broken")
    assert refused.returncode == 1
    assert "hello.bpmn" in refused.stderr
    assert "Traceback" not in broken.stderr + refused.stderr
    assert call("deploy", str(folder)).returncode == 2, "a reason is asked for"


_BPMN = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
_TWO_STEPS = (
    f'<definitions {_BPMN} id="d"><process id="p"><startEvent id="s"/><userTask id="a"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="a"/></process></definitions>'
)


def test_check_and_walk_print_json_alone(call: Callable[..., Done], tmp_path: Path) -> None:
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.xml"
    good.write_text(_TWO_STEPS, encoding="utf-8")
    bad.write_bytes(bytes(range(256)))
    checked = call("check", "--json", str(good), str(bad))
    assert checked.returncode == 1
    first, second = json.loads(checked.stdout)
    assert (first["file"], first["verdict"]) == (str(good), "deployable")
    assert {"element": "a", "rule": "implicit-end"}.items() <= first["findings"][-1].items()
    assert (second["verdict"], second["findings"][0]["severity"]) == ("refused", "error")
    assert second["findings"][0]["sentence"].endswith(".")
    (walked,) = json.loads(call("walk", "--json", str(good)).stdout)
    assert (walked["process"], walked["outcome"], walked["path"]) == ("p", "completed", ["s", "a"])
    assert walked["waiting_for"] == []
    assert call("walk", str(bad)).returncode == 1


def test_a_folder_is_walked_with_answers_and_each_file_is_answered(call: Callable[..., Done], tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "one.bpmn").write_text(_TWO_STEPS, encoding="utf-8")
    (tmp_path / "flows" / "three.bpmn").write_text(_TWO_STEPS, encoding="utf-8")
    (tmp_path / "flows" / "two.bpmn").write_text(_TWO_STEPS[:100], encoding="utf-8")
    (tmp_path / "flows" / "four.BPMN2").write_text(_TWO_STEPS, encoding="utf-16")
    (tmp_path / "flows" / "five.xml").write_text(_TWO_STEPS, encoding="utf-16")
    (tmp_path / "flows" / "settings.xml").write_text("<settings/>", encoding="utf-8")
    answers = tmp_path / "answers.json"
    answers.write_text('{"a": {"x": 1}}', encoding="utf-8")
    done = call("walk", str(tmp_path / "flows"), "--answers", str(answers), "--json")
    assert {one["file"].rpartition("/")[2]: one["outcome"] for one in json.loads(done.stdout)} == {
        "five.xml": "completed", "four.BPMN2": "completed", "one.bpmn": "completed", "three.bpmn": "completed",
        "two.bpmn": "refused",
    }  # fmt: skip
    answers.write_text("[", encoding="utf-8")
    assert call("walk", str(tmp_path / "flows"), "--answers", str(answers)).returncode == 2
    assert call("check", str(tmp_path / "flows")).returncode == 1
