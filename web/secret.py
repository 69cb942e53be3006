"""The data folder and the secret in it: made on first start, readable by their owner alone, never a default."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from web.config import Config
from web.errors import DataUnusable

SECRET_BYTES = 32


def open_data(config: Config) -> None:
    """Make the data folder if it is missing, mode 0700. Raises DataUnusable."""
    try:
        if not config.data.is_dir():
            config.data.mkdir(parents=True, mode=0o700)
            config.data.chmod(0o700)
    except OSError as error:
        raise DataUnusable(f"The data folder {config.data} cannot be made: {error.strerror}.") from None
    if not os.access(config.data, os.W_OK | os.X_OK):
        raise DataUnusable(f"The data folder {config.data} cannot be written to by the user who runs Milepost.")


@contextlib.contextmanager
def hold_data(config: Config, *, alone: bool = False) -> Iterator[None]:
    """Use the data folder together with others, or `alone` (to replace the database). Raises DataUnusable at once."""
    with (config.data / "in-use.lock").open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            busy = "A Milepost is running on it: stop it first." if alone else "Its database is being replaced: wait."
            raise DataUnusable(f"The data folder {config.data} is in use. {busy}") from None
        yield


def read_secret(config: Config) -> bytes:
    """The key that signs sessions and page tokens; made when it is missing.

    Raises DataUnusable when others than the owner can read it, or when it is too short to be one.
    """
    path = config.secret_file
    try:
        if not path.exists():
            with contextlib.suppress(FileExistsError):
                _write_new(path, secrets.token_hex(SECRET_BYTES).encode())
        mode, text = path.stat().st_mode, path.read_bytes().strip()
    except OSError as error:
        raise DataUnusable(f"The secret file {path} cannot be used: {error.strerror}.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise DataUnusable(f"Others can read the secret file {path}. Run: chmod 600 {path}")
    if len(text) < SECRET_BYTES:
        raise DataUnusable(f"The secret file {path} is too short. Remove it: a new one is made then.")
    return text


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    _write_new(draft, content)
    draft.replace(path)


def _write_new(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
