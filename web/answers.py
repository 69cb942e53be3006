"""One table from an error of any room to the page that answers it: status, title, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

import engine
import forms
import processes
from web import errors
from web.database import WRITE, db
from web.people.kept import resumed_now, typed
from web.people.sessions import actor_or_none
from web.troubles import Trouble, trouble_of

log = structlog.get_logger("milepost.web")


@dataclass(frozen=True)
class Answer:
    """What a person reads when something could not be done."""

    status: int
    title: str
    hint: str
    sentence: str = ""
    """In place of the error's own message, where that is not written for people."""
    headers: dict[str, str] = field(default_factory=dict)


LOOK_AGAIN = "Look at it again, then decide what is left to do."
NOTHING_SAVED = "Nothing was saved. Go back, your answers are still on the page, and try again in a minute."

TABLE: dict[type[BaseException], Answer] = {
    engine.NotFound: Answer(404, "Not found", "Check the address, or search for what you are looking for."),
    engine.NotAllowed: Answer(403, "Not allowed", "Somebody who holds the role can do it, or give you the role."),
    engine.Conflict: Answer(409, "Somebody was faster", LOOK_AGAIN),
    engine.DiagramRefused: Answer(422, "The diagrams have findings", "Mend what is named, then deploy again."),
    engine.AbsenceRefused: Answer(422, "This was not recorded", "Go back and correct it."),
    engine.SignatureRefused: Answer(422, "The signature was refused", "Open the task again and sign what it shows."),
    engine.Refused: Answer(422, "This cannot be done", "Nothing was changed."),
    engine.StepFailed: Answer(500, "A step failed", "It stands among the incidents, and can be tried again there."),
    engine.EngineError: Answer(500, "Something went wrong", "Nothing was saved."),
    forms.AnswersRefused: Answer(422, "Some answers need another look", "Go back and correct them."),
    forms.FormsError: Answer(422, "This form cannot be used", "Tell whoever looks after the processes."),
    processes.NoSuchProject: Answer(404, "Not found", "Check the address, or search for what you are looking for."),
    processes.NotInProject: Answer(403, "Not allowed", "Somebody who holds the role can do it, or give you the role."),
    processes.RegistrationRefused: Answer(422, "This was not changed", "Go back and correct it."),
    processes.StepRefused: Answer(409, "Not as things stand", "Nothing was changed."),
    processes.ProcessesError: Answer(422, "This cannot be done", "Nothing was changed."),
    errors.SignInRefused: Answer(422, "Not signed in", "Try again, or ask an administrator for a new code."),
    errors.TooManyAttempts: Answer(429, "Too many attempts", "Wait, or ask an administrator for a new code."),
    errors.PasswordRefused: Answer(422, "Choose another password", "Go back and type another."),
    errors.PersonRefused: Answer(422, "This was not changed", "Go back and correct it."),
    errors.Busy: Answer(503, "Busy", "Wait a few seconds, then send it again.", headers={"Retry-After": "5"}),
    errors.UnfitText: Answer(422, "A character cannot be kept", "Go back, type the text anew and send it."),
    errors.WebError: Answer(500, "Something went wrong", "Nothing was saved."),
    StaleDataError: Answer(409, "Somebody was faster", LOOK_AGAIN, "What you saw has changed since."),
    IntegrityError: Answer(409, "Somebody was faster", LOOK_AGAIN, "Something like this exists already."),
}
"""The nearest entry in an error's family answers it."""

HTTP = {
    400: Answer(400, "This was not understood", "Go back, load the page again and send it once more."),
    404: Answer(
        404,
        "Not found",
        "Check the address, or search for what you are looking for.",
        "There is nothing under this address.",
    ),
    405: Answer(405, "Not this way", "Go back and use the page's own buttons.", "This address does not take that."),
    413: Answer(413, "Too large", "Send less, or a smaller file.", "This is larger than what is accepted here."),
    415: Answer(415, "Not this kind", "Send it in the format that the page names.", "This format is not accepted."),
}
UNKNOWN = Answer(
    500,
    "Something went wrong",
    "Nothing was saved. Try again; if it comes back, give the number below.",
    "Milepost could not finish this.",
)
LOCKED = Answer(
    503, "The database is busy", NOTHING_SAVED, "Somebody else's work took too long.", {"Retry-After": "15"}
)
FULL = Answer(
    503,
    "The disk is full",
    "Nothing was saved. Tell whoever runs Milepost that it needs space.",
    "There is no room to write this down.",
    {"Retry-After": "300"},
)
UNUSABLE = Answer(
    503,
    "The database cannot be used",
    "Nothing was saved. Tell whoever runs Milepost.",
    "The database gave no answer.",
    {"Retry-After": "60"},
)


def answer_errors(app: Flask) -> None:
    """Let every error end in a page. What nobody expected is logged with a number that the page shows."""
    app.register_error_handler(errors.SignInNeeded, ask_to_sign_in)
    app.register_error_handler(CSRFError, token_missing)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SQLAlchemyError, database_error)
    for room in (engine.EngineError, forms.FormsError, processes.ProcessesError, errors.WebError):
        app.register_error_handler(room, known_error)
    app.register_error_handler(500, unknown_error)


def answer_for(error: BaseException) -> Answer:
    """The entry of the table that is nearest to the error's class."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return UNKNOWN


def known_error(error: BaseException) -> Response:
    """A refusal of one of the rooms."""
    answer = answer_for(error)
    if answer.status >= 500:
        log.error("request failed", error=type(error).__name__, exc_info=error)
    return page(answer, error)


def database_error(error: SQLAlchemyError) -> Response:
    """The database refused: the work of this request is rolled back whole."""
    db.session.rollback()
    WRITE.set(False)  # the page about it only reads: it must not wait for the write lock once more
    answer = TABLE.get(type(error)) or _database_answer(error)
    log.error("database refused", error=type(error).__name__, exc_info=error if answer is UNKNOWN else None)
    return page(answer, error)


def http_error(error: HTTPException) -> Any:
    """What Flask and Werkzeug refuse by themselves; redirects pass."""
    if error.code is None or error.code < 400:
        return error
    if error.code >= 500:
        return unknown_error(error)
    response = page(HTTP.get(error.code) or Answer(error.code, error.name, "Go back and try again.", error.name), error)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def unknown_error(error: BaseException) -> Response:
    """What nobody expected."""
    number = uuid4().hex[:12]
    cause = getattr(error, "original_exception", None) or error
    db.session.rollback()
    log.error("unexpected error", number=number, error=type(cause).__name__, exc_info=cause)
    return page(UNKNOWN, cause, number=number)


def ask_to_sign_in(_error: errors.SignInNeeded) -> Any:
    """Nobody is signed in, or not any more: to the sign-in page, with what was typed."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    if _wants_json():
        return page(Answer(401, "Sign in first", "Load the page again."), _error)
    sentence = "Your session ran out, so nothing was sent. Sign in; what you typed comes back."
    carried = typed()
    if carried is None:
        sentence = "Your session ran out, so nothing was sent. Sign in and try again."
    return _sign_in_page(sentence, carried)


def _sign_in_page(sentence: str, carried: tuple[str, str] | None, login: str = "", wanted: str = "") -> Any:
    return render_template("people/sign_in.html", carried=carried, refused=sentence, login=login, next=wanted), 422


def token_missing(error: CSRFError) -> Any:
    """The page is not from this session: its answers come back, to be sent once more."""
    if request.endpoint == "account.enter":
        form = request.form
        carried = (form["_page"], form.get("_kept", "")) if form.get("_page") else None
        sentence = "This page was out of date, so you are not signed in yet. Try again."
        return _sign_in_page(sentence, carried, form.get("login", ""), form.get("next", ""))
    if actor_or_none() is None:
        return ask_to_sign_in(errors.SignInNeeded())
    again = resumed_now("This page was from an earlier session, so nothing was sent. Look at it and send it again.")
    if again is not None:
        return again
    return page(
        Answer(
            400,
            "This page was out of date",
            "Go back, load the page again and send it once more.",
            "Nothing was changed, because the page did not belong to this session.",
        ),
        error,
    )


def page(answer: Answer, error: BaseException, number: str = "") -> Response:
    """The error page, or the same as JSON for a script that asked for it."""
    sentence = answer.sentence or str(error)
    findings = getattr(error, "findings", ())
    if _wants_json():
        body = {"title": answer.title, "sentence": sentence, "hint": answer.hint, "findings": list(findings)}
        response = jsonify(body)
    else:
        when = getattr(error, "when", None) or getattr(error, "until", None)
        who = getattr(error, "who", None)
        html = render_template(
            "errors/error.html", answer=answer, sentence=sentence, number=number, who=who, when=when, findings=findings
        )
        response = Response(html, content_type="text/html; charset=utf-8")
    response.status_code = answer.status
    response.headers.update(answer.headers)
    return response


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


TROUBLES = {Trouble.BUSY: LOCKED, Trouble.FULL: FULL, Trouble.UNUSABLE: UNUSABLE, Trouble.DAMAGED: UNUSABLE}


def _database_answer(error: SQLAlchemyError) -> Answer:
    """Which of its troubles the database has."""
    return TROUBLES.get(trouble_of(error), UNKNOWN)
