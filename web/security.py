"""What every response says about security, the session cookie's terms, the CSRF check, and the proxies trusted."""

from __future__ import annotations

from flask import Flask, Response, abort, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web.config import Config

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # bpmn-js and the Gantt set positions in style attributes
        "img-src 'self' data:",
        "font-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR = 365 * 86400
STRANGER_BYTES = 1_000_000
"""The largest form without files that is read for whoever is not signed in: it can take eighty times its size."""

csrf = CSRFProtect()


def secure(app: Flask, config: Config) -> None:
    """Set cookies, headers, the CSRF check and the trusted proxies of an app."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-milepost" if config.https else "milepost",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME="https" if config.https else "http",
        MAX_CONTENT_LENGTH=config.upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=config.upload_mb * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
    )

    @app.before_request
    def limit_strangers() -> None:
        if "person" not in session and request.mimetype == "application/x-www-form-urlencoded":
            request.max_content_length = STRANGER_BYTES

    @app.before_request
    def refuse_nameless() -> None:
        if None in request.form:  # a part that does not say what it is: the check of tokens would fail at its name
            abort(400)

    csrf.init_app(app)  # reads the form: after the limit
    if config.proxy:
        count = config.proxy
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if config.https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
        if "person" in session:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
