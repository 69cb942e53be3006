"""Settings: read from the environment, refused in a sentence, and all of them in the table."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from web.config import SETTINGS, Config
from web.errors import SettingRefused


def test_without_any_setting_everything_has_a_value() -> None:
    config = Config.from_environment({})
    assert config.data.parts[-2:] == ("var", "milepost")
    assert config.database == f"sqlite:///{config.data}/milepost.sqlite"
    assert config.secret_file == config.data / "secret"
    assert (config.host, config.port, config.https) == ("127.0.0.1", 8000, False)


def test_every_value_but_the_cost_of_hashing_is_a_setting_and_the_other_way_round() -> None:
    assert [one.field for one in SETTINGS] == [one.name for one in fields(Config) if one.name != "hashing"]


def test_each_plain_default_in_the_table_is_the_default() -> None:
    config = Config.from_environment({})
    for one in SETTINGS:
        if one.field not in ("data", "database", "secret_file", "https", "tick", "smtp", "url"):
            assert one.read(one.default) == getattr(config, one.field), one.name


def test_a_server_works_jobs_off_itself_only_where_it_is_the_one_process() -> None:
    assert Config.from_environment({}).tick
    assert not Config.from_environment({"MILEPOST_TICK": "no"}).tick


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    config = Config.from_environment({"MILEPOST_DATA": "/elsewhere"}, tmp_path)
    assert config.data == tmp_path
    assert config.database_file == tmp_path / "milepost.sqlite"


def test_behind_a_proxy_browsers_come_by_https_unless_said_otherwise() -> None:
    assert Config.from_environment({"MILEPOST_PROXY": "1"}).https
    assert not Config.from_environment({"MILEPOST_PROXY": "1", "MILEPOST_HTTPS": "no"}).https


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MILEPOST_PORT", "eighty", "a whole number from 0 to 65535"),
        ("MILEPOST_PORT", "70000", "a whole number from 0 to 65535"),
        ("MILEPOST_PORT", "٣", "a whole number"),
        ("MILEPOST_HTTPS", "maybe", "yes or no"),
        ("MILEPOST_LOG", "xml", "text or json"),
        ("MILEPOST_ZONE", "Atlantis/Capital", "a time zone"),
        ("MILEPOST_ZONE", "../etc/passwd", "a time zone"),
        ("MILEPOST_DATABASE", "milepost.sqlite", "the URL of a SQLite file"),
        ("MILEPOST_DATABASE", "sqlite:///:memory:", "a SQLite file"),
        ("MILEPOST_DATABASE", "mysql://db/milepost", "or of a PostgreSQL database"),
        ("MILEPOST_DATABASE", "postgresql+psycopg2://db/milepost", "such as postgresql+psycopg://"),
        ("MILEPOST_DATABASE", "postgresql://db", "or of a PostgreSQL database"),
        ("MILEPOST_DATABASE", "postgresql://db:port/milepost", "or of a PostgreSQL database"),
        ("MILEPOST_ORGANISATION", "x" * 201, "1 to 200 characters"),
        ("MILEPOST_SESSION_MINUTES", "0", "from 1 to 1440"),
        ("MILEPOST_SMTP", "mail.example:587", "a URL such as smtp://"),
        ("MILEPOST_SMTP", "smtp://user@mail.example", "a URL such as smtp://"),
        ("MILEPOST_SMTP", "smtp://mail.example:port", "a URL such as smtp://"),
        ("MILEPOST_MAIL_FROM", "Milepost <milepost@example.org>", "a mail address"),
        ("MILEPOST_MAIL_FROM", "milepost@example.org\nBcc: all@example.org", "a mail address"),
        ("MILEPOST_URL", "milepost.example.org", "the address people open"),
        ("MILEPOST_PROT", "80", "no setting of Milepost"),
    ],
)
def test_a_bad_value_stops_with_a_sentence_that_names_it(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Config.from_environment({name: value})
    assert name in str(refused.value)
    assert says in str(refused.value)


def test_what_the_launcher_reads_is_not_refused() -> None:
    assert Config.from_environment({"MILEPOST_INSTALLER": "pip", "MILEPOST_SKIP_ASSETS": "1"}).port == 8000


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_means_psycopg_and_leaves_jobs_to_workers(scheme: str) -> None:
    config = Config.from_environment({"MILEPOST_DATABASE": f"{scheme}://milepost:s3cret@db.example:5433/records"})
    assert config.database == "postgresql+psycopg://milepost:s3cret@db.example:5433/records"
    assert config.database_name == "postgresql+psycopg://milepost:***@db.example:5433/records"
    assert (config.on_file, config.tick) == (False, False)


@pytest.mark.parametrize("url", ["oracle://milepost:s3cret@db/x", "postgresql://milepost:s3cret@db:port/x"])
def test_a_password_in_a_refused_url_is_not_repeated(url: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Config.from_environment({"MILEPOST_DATABASE": url})
    assert "s3cret" not in str(refused.value)
