"""What can go wrong in this room.

    FormsError
    ├── FormRefused         a form-js schema cannot be used; carries every finding
    ├── AnswersRefused      answers do not fit the form; carries every error by field
    ├── NamesRefused        posted names cannot be turned into nested data
    ├── RowsRefused         a row of a repeating group cannot be added, removed or moved
    └── ExpressionError
        ├── ExpressionRefused   found when the text is compiled
        └── ExpressionFailed    found when it is evaluated
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .values import FormFinding


class FormsError(Exception):
    """The form could not be used."""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        sentence = (type(self).__doc__ or "").strip()
        super().__init__(f"{sentence} {detail}".strip())


class FormRefused(FormsError):
    """This form cannot be used until its findings are mended."""

    def __init__(self, findings: tuple[FormFinding, ...]) -> None:
        self.findings = findings
        super().__init__(" ".join(f"{f.component}: {f.sentence}" for f in findings[:20]))


class AnswersRefused(FormsError):
    """Some answers need another look."""

    def __init__(self, errors: Mapping[str, tuple[str, ...]]) -> None:
        self.errors: Mapping[str, tuple[str, ...]] = MappingProxyType(dict(errors))
        super().__init__(" ".join(f"{name}: {' '.join(lines)}" for name, lines in list(errors.items())[:20]))


class NamesRefused(FormsError):
    """The page sent more, or deeper, data than any form asks for. Reload the page and try again."""


class RowsRefused(FormsError):
    """This row cannot be changed like that. Reload the page and try again."""


class ExpressionError(FormsError):
    """The expression cannot be used."""


class ExpressionRefused(ExpressionError):
    """This expression is not allowed."""


class ExpressionFailed(ExpressionError):
    """This expression has no result for the present data."""
