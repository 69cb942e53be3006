"""The data folder and the secret: made on first start, for their owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.factories import config_for
from web.errors import DataUnusable
from web.secret import hold_data, open_data, read_secret


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_both_for_their_owner_alone(tmp_path: Path) -> None:
    config = config_for(tmp_path / "deep" / "data")
    open_data(config)
    secret = read_secret(config)
    assert mode(config.data) == 0o700
    assert mode(config.secret_file) == 0o600
    assert len(secret) == 64
    assert read_secret(config) == secret, "the second start keeps it"


def test_two_folders_have_two_secrets(tmp_path: Path) -> None:
    secrets = set()
    for name in ("one", "two"):
        config = config_for(tmp_path / name)
        open_data(config)
        secrets.add(read_secret(config))
    assert len(secrets) == 2


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o660])
def test_a_secret_that_others_can_reach_is_refused(tmp_path: Path, bits: int) -> None:
    config = config_for(tmp_path)
    read_secret(config)
    config.secret_file.chmod(bits)
    with pytest.raises(DataUnusable, match="chmod 600"):
        read_secret(config)


@pytest.mark.parametrize("content", [b"", b"secret", b"   \n"])
def test_a_secret_that_is_too_short_is_refused(tmp_path: Path, content: bytes) -> None:
    config = config_for(tmp_path)
    config.secret_file.write_bytes(content)
    config.secret_file.chmod(0o600)
    with pytest.raises(DataUnusable, match="too short"):
        read_secret(config)


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DataUnusable, match="cannot be made"):
        open_data(config_for(tmp_path / "data"))


def test_replacing_the_database_needs_the_folder_alone(tmp_path: Path) -> None:
    config = config_for(tmp_path)
    stop = pytest.raises(DataUnusable, match="stop it first")
    with hold_data(config), hold_data(config), stop, hold_data(config, alone=True):
        raise AssertionError
    with hold_data(config, alone=True), pytest.raises(DataUnusable, match="being replaced"), hold_data(config):
        raise AssertionError
