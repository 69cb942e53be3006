"""Answers typed into a page whose session ran out: carried through the sign-in page and shown again afterwards.

They travel in the page itself and never in the session. A form that wants this holds `{{ page_token() }}` in a hidden
field named `_page`: who saw the page, and which address it posts to, signed. Only the same person gets it back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from web.people.sessions import current_actor

DAYS = 7
LEFT_OUT = frozenset({"csrf_token", "_page", "_kept", "_next"})
LONGEST = 300_000
"""Bytes that are carried; the sign-in page sends up to three for each, and that is what a stranger may send."""

Resumer = Callable[..., Any]
"""Shows a page again: takes the typed `values` (MultiDict) and the address's arguments by name."""


@dataclass(frozen=True)
class Kept:
    """What was typed, for which address, by whom."""

    person: str
    path: str
    values: MultiDict[str, str]


def resumes(endpoint: str) -> Callable[[Resumer], Resumer]:
    """Register what shows the page of this POST endpoint again with given values: `@resumes("tasks.post")`."""

    def mark(resumer: Resumer) -> Resumer:
        RESUMERS[endpoint] = resumer
        return resumer

    return mark


RESUMERS: dict[str, Resumer] = {}


def page_token(path: str | None = None) -> str:
    """The signed value of the hidden field `_page` for a form that posts to `path` (default: this address)."""
    return _serializer().dumps([current_actor().person, path or request.path])


def typed() -> tuple[str, str] | None:
    """The values of the refused request as (`_page`, `_kept`) for hidden fields; None when none can be kept."""
    token = request.form.get("_page", "")
    page = _opened(token)
    if page is None or page[1] != request.path or request.endpoint not in RESUMERS:
        return None
    pairs = [[name, value] for name, value in request.form.items(multi=True) if _keeps(name)]
    text = json.dumps(pairs, ensure_ascii=False)
    return (token, text) if len(text.encode()) <= LONGEST else None


def kept(person: str) -> Kept | None:
    """What the sign-in page carried, if it belongs to this person; None otherwise."""
    page = _opened(request.form.get("_page", ""))
    if page is None or page[0] != person:
        return None
    try:
        pairs = orjson.loads(request.form.get("_kept", ""))
        values = MultiDict([(str(name), str(value)) for name, value in pairs if _keeps(str(name))])
    except (ValueError, TypeError):
        return None
    return Kept(person, page[1], values)


def resumed(found: Kept, sentence: str) -> Response | None:
    """The page with the values on it again, status 422; None when nothing shows that address."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        endpoint, arguments = adapter.match(found.path, method="POST")
    except HTTPException:
        return None
    resumer = RESUMERS.get(endpoint)
    if resumer is None:
        return None
    response = current_app.make_response(resumer(values=found.values, message=sentence, **arguments))
    response.status_code = 422
    return response


def resumed_now(sentence: str) -> Response | None:
    """The refused request's own page with its values, for somebody who is still signed in; None when impossible."""
    page = _opened(request.form.get("_page", ""))
    if page is None or page != (current_actor().person, request.path):
        return None
    pairs = [(name, value.replace("\0", "")) for name, value in request.form.items(multi=True) if _keeps(name)]
    values = MultiDict(pairs)
    return resumed(Kept(page[0], page[1], values), sentence)


def _keeps(name: str) -> bool:
    return name not in LEFT_OUT and not name.endswith("password")


def _opened(token: str) -> tuple[str, str] | None:
    try:
        person, path = _serializer().loads(token, max_age=DAYS * 86400)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(person), str(path)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt="milepost.page")
