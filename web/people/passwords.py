"""Passwords and one-time codes: which are accepted, how they are hashed, how they are compared."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.config import Hashing
from web.errors import Busy, PasswordRefused
from web.work import milepost

LEAST, MOST = 12, 200
TYPED = 4 * MOST
"""Characters that anybody can have typed for MOST of them: accents may come as letters of their own."""
WAIT_SECONDS = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""What codes are made of: nothing that is mistaken for something else."""

COMMON = frozenset(
    """
    password1234 password12345 password123456 passwordpassword password123! password1234! passw0rd1234 p@ssw0rd1234
    123456789012 1234567890123 12345678901234 123456123456 123123123123 111111111111 000000000000 121212121212
    qwertyuiop12 qwertyuiop123 qwertyuiopasdf qwerty123456 qwertyqwerty 1q2w3e4r5t6y 1qaz2wsx3edc zaq12wsxcde3
    abcdefghijkl abcdefgh1234 abc123abc123 abcd12345678 asdfghjkl123 asdfghjklqwe letmein12345 letmeinletmein
    iloveyou1234 iloveyouiloveyou welcome12345 welcome123456 welcomewelcome admin1234567 administrator administrator1
    changeme1234 changemechangeme changeme123! trustno1trustno1 monkeymonkey dragondragon footballfootball
    baseballbaseball sunshine1234 princess1234 superman1234 michaelmichael summer202600 winter202600 spring202600
    milepost1234 milepostmilepost
    """.split()
)


def check_new_password(password: str, login: str, name: str) -> str:
    """The password, normalised, if it may be used. Raises PasswordRefused with the rule that it breaks."""
    if len(password) > TYPED:
        raise PasswordRefused(f"Use at most {MOST} characters.")
    password = normal(password)
    plain = password.casefold()
    if len(password) < LEAST:
        raise PasswordRefused(f"Use at least {LEAST} characters. Several words in a row are easy to remember.")
    if len(password) > MOST:
        raise PasswordRefused(f"Use at most {MOST} characters.")
    if any(len(word) >= 4 and word in plain for word in (login.casefold(), *name.casefold().split())):
        raise PasswordRefused("Use a password that does not contain your login or your name.")
    if plain in COMMON or len(set(plain)) < 5:
        raise PasswordRefused("This password is among the first that anybody tries. Choose another.")
    return password


def normal(password: str) -> str:
    """One spelling for what looks the same, whatever keyboard it comes from (NFKC, as RFC 8265 asks)."""
    return unicodedata.normalize("NFKC", password)


def new_code() -> str:
    """A one-time code of three times five characters (74 bits), easy to read aloud."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(3))


@dataclass(frozen=True)
class Code:
    """A one-time code, and the hash that is kept of it."""

    text: str
    hashed: str


def hashed_code() -> Code:
    """A new code with its hash. Raises Busy as `hash_password` does."""
    text = new_code()
    return Code(text, hash_password(text))


def hash_password(password: str) -> str:
    """The argon2id hash of a password or code. Raises Busy when too many are being hashed.

    It takes a tenth of a second, and a wait for others: pages call it before `with work()`, so that nobody else's
    writing waits for it.
    """
    with _Slot():
        return _hasher(milepost().config.hashing).hash(normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the hash. Takes the same time where there is no hash to compare with."""
    if len(password) > TYPED:
        password = ""  # nobody's: normalising it could take hundreds of megabytes
    hasher = _hasher(milepost().config.hashing)
    with _Slot():
        try:
            return hasher.verify(stored or _nobody(milepost().config.hashing), normal(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether a hash was made with another cost than today's."""
    return _hasher(milepost().config.hashing).check_needs_rehash(stored)


class _Slot:
    """One of the few places in which a hash may be computed."""

    def __enter__(self) -> None:
        if not milepost().hashing_slots.acquire(timeout=WAIT_SECONDS):
            raise Busy

    def __exit__(self, *_error: object) -> None:
        milepost().hashing_slots.release()


@lru_cache
def _hasher(cost: Hashing) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes)


@lru_cache
def _nobody(cost: Hashing) -> str:
    """A hash that no password belongs to, for logins that do not exist."""
    return _hasher(cost).hash(secrets.token_hex(32))
