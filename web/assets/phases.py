"""Runs a slow command as one line of progress, and tells a person what to do when it fails. Standard library only."""
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

REDRAW_SECONDS = 0.25
TAIL_LINES = 15
REWIND = "\r\x1b[K"
HINTS = (  # the first one whose words are in a failed command's output is shown
    (("No space left on device", "ENOSPC"), "The disk is full: make room, then run the command again."),
    (("hashes", "EINTEGRITY"), "A downloaded file is not the one that the lock file names: it was not installed."),
    (("Permission denied", "EACCES"), "The first start writes into this folder: run it as the folder's owner."),
    (
        ("resolve", "ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "onnection", "timed out", "dns error"),
        "The first start needs the network (a Python package index, and npm's for the browser assets).",
    ),
)


class PhaseFailed(Exception):
    """The step did not work. The message holds its last lines and a hint."""


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without what would send another Python astray."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **(extra or {})}


def run_phase(title: str, command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run `command` quietly in `cwd`; show `title` and the elapsed seconds on stderr.

    Raises PhaseFailed with the last lines of its output and a hint when it cannot be started or ends with an error.
    """
    started = time.monotonic()
    terminal = sys.stderr.isatty()
    _show(f"{title} ...")
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.Popen(
                list(command),
                cwd=cwd,
                env=clean_environment(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            _show(" failed\n")
            raise PhaseFailed(f"{title}: {command[0]} could not be started ({error.strerror}).") from error
        try:
            code = _watch(child, title, started, terminal)
        except BaseException:  # Ctrl-C as well: never leave the child behind
            child.terminate()
            child.wait()
            _show(" stopped\n")
            raise
        outcome = f" {'done' if code == 0 else 'failed'}, {time.monotonic() - started:.1f} s\n"
        _show(f"{REWIND}{title} ...{outcome}" if terminal else outcome)
        if code != 0:
            output.seek(0)
            raise PhaseFailed(_explain(title, output.read().decode("utf-8", "replace")))


def _watch(child: "subprocess.Popen[bytes]", title: str, started: float, terminal: bool) -> int:
    while True:
        try:
            return child.wait(timeout=REDRAW_SECONDS)
        except subprocess.TimeoutExpired:
            if terminal:
                _show(f"{REWIND}{title} ... {time.monotonic() - started:.0f} s")


def _show(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _explain(title: str, output: str) -> str:
    tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-TAIL_LINES:])
    hint = next((text for words, text in HINTS if any(word in output for word in words)), "")
    return "\n".join(part for part in (f"{title} failed. Its last lines were:", tail, hint) if part)
