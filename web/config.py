"""The settings of one running Milepost: a flat table of them, and the checked values read from the environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from web.errors import SettingRefused

ROOT = Path(__file__).resolve().parent.parent
YES, NO = frozenset({"1", "yes", "true", "on"}), frozenset({"0", "no", "false", "off"})


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError("yes or no")
    return text.lower() in YES


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(" or ".join(words))
        return text

    return read


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone such as Europe/Berlin") from None
    return text


def _text(text: str) -> str:
    if not text.strip() or len(text) > 200:
        raise ValueError("a text of 1 to 200 characters")
    return text.strip()


def _smtp(text: str) -> str:
    wanted = "a URL such as smtp://USER:PASSWORD@mail.example:587 (STARTTLS) or smtps://mail.example"
    try:
        url = urlsplit(text)
        fits = url.scheme in ("smtp", "smtps") and url.hostname and (url.port is None or url.port > 0)
    except ValueError:
        raise ValueError(wanted) from None
    if not fits or url.path.strip("/") or url.query or url.fragment or bool(url.username) != bool(url.password):
        raise ValueError(wanted)
    return text


_WORD = r"[A-Za-z0-9-]{1,63}"
ADDRESS = re.compile(rf"[A-Za-z0-9_](?:[A-Za-z0-9._%+'=-]{{0,62}}[A-Za-z0-9_+=-])?@(?:{_WORD}\.)*{_WORD}")
"""A mail address as people have them; nothing of what else RFC 5322 allows, and nothing that could end a header."""


def _address(text: str) -> str:
    if len(text) > 254 or not ADDRESS.fullmatch(text):
        raise ValueError("a mail address such as milepost@example.org")
    return text


def _url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.netloc or url.query or url.fragment or not text.isprintable():
        raise ValueError("the address people open, such as https://milepost.example.org")
    return text.rstrip("/")


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


DATABASES = (
    "the URL of a SQLite file, such as sqlite:////srv/milepost/milepost.sqlite, or of a PostgreSQL database, such as "
    "postgresql+psycopg://milepost@db.example/milepost"
)


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(DATABASES) from None
    if url.database in (None, "", ":memory:"):
        raise ValueError(DATABASES)
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return text
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    raise ValueError(DATABASES)


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it means, its default as README shows it, and how it is read."""

    name: str
    meaning: str
    default: str
    read: Callable[[str], Any]
    secret: bool = False
    """Whether a password may stand in it, so that no message repeats it."""

    @property
    def field(self) -> str:
        """The name of the value in Config."""
        return self.name.removeprefix("MILEPOST_").lower()


SETTINGS = (
    Setting(
        "MILEPOST_DATA", "Folder of everything that is kept; made on first start, mode 0700", "var/milepost", _path
    ),
    Setting(
        "MILEPOST_DATABASE",
        "URL of the database: a SQLite file, or PostgreSQL as postgresql+psycopg://USER:PASSWORD@HOST/NAME",
        "sqlite:///<data>/milepost.sqlite",
        _database,
        secret=True,
    ),
    Setting("MILEPOST_SECRET_FILE", "File of the key that signs sessions; made on first start", "<data>/secret", _path),
    Setting("MILEPOST_HOST", "Address to listen on", "127.0.0.1", _text),
    Setting("MILEPOST_PORT", "Port to listen on", "8000", _whole(0, 65535)),
    Setting("MILEPOST_THREADS", "Requests served at the same time", "8", _whole(1, 64)),
    Setting(
        "MILEPOST_PROXY", "Number of trusted proxies in front, whose X-Forwarded-* headers count", "0", _whole(0, 9)
    ),
    Setting(
        "MILEPOST_HTTPS", "Browsers come by https: secure cookies and HSTS", "yes behind a proxy, else no", _switch
    ),
    Setting(
        "MILEPOST_SESSION_MINUTES",
        "Minutes without a request after which one has to sign in again",
        "30",
        _whole(1, 1440),
    ),
    Setting("MILEPOST_LOG", "Shape of the log lines on standard error: text or json", "text", _one_of("text", "json")),
    Setting("MILEPOST_UPLOAD_MB", "Largest request that is accepted, in megabytes", "10", _whole(1, 1000)),
    Setting("MILEPOST_ORGANISATION", "Name of the organisation, shown on the sign-in page", "Milepost", _text),
    Setting("MILEPOST_ZONE", "Time zone of dates that belong to no project", "UTC", _zone),
    Setting(
        "MILEPOST_TICK",
        "Work jobs off in this process: let due timers elapse",
        "yes with SQLite, no with PostgreSQL",
        _switch,
    ),
    Setting(
        "MILEPOST_SMTP",
        "Mail server: smtp://USER:PASSWORD@HOST:PORT (STARTTLS, demanded where there is a password) or smtps://…",
        "none: mail is kept, and read on the page Mailbox",
        _smtp,
        secret=True,
    ),
    Setting("MILEPOST_MAIL_FROM", "Address that mail comes from", "milepost@localhost", _address),
    Setting(
        "MILEPOST_URL", "Address under which people open Milepost, for links in mail", "none: mail has paths only", _url
    ),
)
"""Every setting there is. README's table is this one."""


def settings_table() -> str:
    """The settings as a table in Markdown, as README shows them."""
    rows = [f"| `{one.name}` | {one.meaning} | {one.default} |" for one in SETTINGS]
    return "\n".join(["| setting | meaning | default |", "|---|---|---|", *rows])


@dataclass(frozen=True)
class Hashing:
    """The cost of one argon2id hash: passes, memory in KiB, lanes (RFC 9106, second recommended option)."""

    passes: int = 3
    memory: int = 65536
    lanes: int = 4


@dataclass(frozen=True)
class Config:
    """The settings as values, already checked. `hashing` is no setting: only tests make it cheap."""

    data: Path
    database: str
    secret_file: Path
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    proxy: int = 0
    https: bool = False
    session_minutes: int = 30
    log: str = "text"
    upload_mb: int = 10
    organisation: str = "Milepost"
    zone: str = "UTC"
    tick: bool = True
    smtp: str = ""
    mail_from: str = "milepost@localhost"
    url: str = ""
    hashing: Hashing = field(default_factory=Hashing)

    @classmethod
    def from_environment(cls, env: Mapping[str, str], data: Path | None = None) -> Config:
        """Read every setting; `data` (from the command line) wins over MILEPOST_DATA.

        Raises SettingRefused, whose sentence names the variable and what it may be.
        """
        values = {one.field: _read(one, env[one.name]) for one in SETTINGS if env.get(one.name, "") != ""}
        _refuse_unknown(env)
        folder = data.expanduser().absolute() if data else values.get("data", ROOT / "var" / "milepost")
        values["data"] = folder
        values.setdefault("database", f"sqlite:///{folder / 'milepost.sqlite'}")
        values.setdefault("secret_file", folder / "secret")
        values.setdefault("https", values.get("proxy", 0) > 0)
        values.setdefault("tick", make_url(values["database"]).get_backend_name() == "sqlite")
        return cls(**values)

    @property
    def on_file(self) -> bool:
        """Whether the database is a file (SQLite), not on a server (PostgreSQL)."""
        return make_url(self.database).get_backend_name() == "sqlite"

    @property
    def database_file(self) -> Path:
        """The file that the database lies in, if it is one."""
        return Path(make_url(self.database).database or "")

    @property
    def database_name(self) -> str:
        """The database as people may see it, without its password."""
        if self.on_file:
            return str(self.database_file)
        return make_url(self.database).set(query={}).render_as_string(hide_password=True)


def _read(setting: Setting, text: str) -> Any:
    try:
        return setting.read(text.strip())
    except ValueError as error:
        said = "not what it must be:" if setting.secret else f"{text!r}, but must be"
        raise SettingRefused(f"{setting.name} is {said} {error}.") from None


NOT_SETTINGS = frozenset({"MILEPOST_INSTALLER", "MILEPOST_NODE", "MILEPOST_SKIP_ASSETS"})
"""Variables of the launcher, which are read before this program starts."""


def _refuse_unknown(env: Mapping[str, str]) -> None:
    """A misspelt setting would be ignored in silence; say so instead."""
    known = {one.name for one in SETTINGS} | NOT_SETTINGS
    unknown = sorted(name for name in env if name.startswith("MILEPOST_") and name not in known)
    if unknown:
        raise SettingRefused(f"{unknown[0]} is no setting of Milepost. Remove it, or correct its name.")
