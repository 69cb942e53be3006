"""What web itself refuses, and why. The table from any room's error to its page stands in web.answers.

The docstring of each error is its message unless a more exact one is given.

    WebError
    ├── SettingRefused          a setting has a value that cannot be used
    ├── DataUnusable            the data folder, the secret or the database cannot be used as it is
    ├── SignInRefused           login and password do not fit, or the account waits
    ├── TooManyAttempts         an account is locked for a while
    ├── PasswordRefused         a new password breaks a rule
    ├── PersonRefused           a person cannot be added or changed as asked
    ├── SignInNeeded            a page that needs somebody signed in
    ├── Busy                    too many at once
    ├── UnfitText               a character that cannot be kept
    ├── CopyRefused             a backup cannot be made or restored
    └── JobRefused              a job cannot be taken on or done
"""

from __future__ import annotations

from datetime import datetime


class WebError(Exception):
    """Milepost could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class SettingRefused(WebError):
    """A setting cannot be used."""


class DataUnusable(WebError):
    """The data folder cannot be used."""


class SignInRefused(WebError):
    """That did not work. Check login and password; after several wrong attempts an account waits for a while."""


class TooManyAttempts(WebError):
    """Too many wrong passwords. The account is locked for a while."""

    def __init__(self, message: str | None = None, *, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class PasswordRefused(WebError):
    """This password is too easy to guess."""


class PersonRefused(WebError):
    """This person cannot be added or changed so. `errors` says why, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class SignInNeeded(WebError):
    """Sign in to see this page."""


class Busy(WebError):
    """Too many people are signing in at this moment. Try again in a few seconds."""


class UnfitText(WebError):
    """An answer holds a character that cannot be kept (NUL, of code 0). It is taken out here: look, and send again."""


class CopyRefused(WebError):
    """The copy cannot be made or restored."""


class JobRefused(WebError):
    """This job cannot be done."""
