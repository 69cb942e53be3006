"""The one character that no text can hold: PostgreSQL refuses NUL, so it is refused at the door on every database."""

from __future__ import annotations

from flask import abort, request
from werkzeug.wrappers import Response

from web.errors import UnfitText
from web.people.kept import resumed_now
from web.people.sessions import current_account

NUL = "\0"


def refuse_nul() -> Response | None:
    """Before each request: an address with NUL leads nowhere, and a form with NUL comes back. Raises UnfitText."""
    if NUL in request.path or any(NUL in value for _, value in request.args.items(multi=True)):
        abort(404)
    if not any(NUL in name or NUL in value for name, value in request.form.items(multi=True)):
        return None
    again = resumed_now(str(UnfitText())) if current_account() is not None else None
    if again is None:
        raise UnfitText
    return again
