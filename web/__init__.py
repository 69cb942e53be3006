"""HTTP, people, pages, jobs and the command line: where everything is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from flask import Flask

from engine import Clock, Procedure, Unit, nothing_barred
from web.answers import answer_errors
from web.config import Config
from web.database import connect_database
from web.health import health
from web.jobs import Kind
from web.logs import number_requests
from web.mail import Post
from web.people import account_pages, check_guard, people_pages
from web.registration import registration_pages
from web.secret import open_data, read_secret
from web.security import secure
from web.templating import prepare_templates
from web.unfit import refuse_nul
from web.work import Milepost, set_off, wall_clock

__all__ = ["Config", "create_app"]


def create_app(
    config: Config,
    *,
    clock: Clock = wall_clock,
    procedure: Procedure | None = None,
    roles: Callable[[Unit, str], Mapping[str, frozenset[str]]] | None = None,
    kinds: Iterable[Kind] = (),
) -> Flask:
    """The application over one data folder. Its database must have been brought to this version before.

    `procedure` and `roles` are those of the `processes` room unless a test brings its own; `kinds` are kinds of job
    besides timers.
    Raises DataUnusable when the folder or the secret cannot be used.
    """
    open_data(config)
    app = Flask(__name__)
    app.secret_key = read_secret(config)
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database
    parts, barred = {}, nothing_barred
    if procedure is None or roles is None:
        import processes  # noqa: PLC0415  reads the whole bundle; what brings its own does without

        parts, barred = {"left": processes.left}, processes.barred
        procedure, roles = procedure or processes.procedure(), roles or processes.roles
    post = Post(config, clock, roles, barred)
    kinds = (*kinds, *post.kinds())
    app.extensions["milepost"] = Milepost(config, clock, procedure, roles, kinds, post.tell, barred=barred, **parts)
    number_requests(app)
    connect_database(app, config.threads)
    set_off(app)
    secure(app, config)
    app.before_request(check_guard)
    app.before_request(refuse_nul)
    answer_errors(app)
    prepare_templates(app)
    _add_pages(app)
    return app


def _add_pages(app: Flask) -> None:
    from web.pages import blueprints  # noqa: PLC0415  pages import this room's other parts

    for blueprint in (health, account_pages, people_pages, registration_pages, *blueprints()):
        app.register_blueprint(blueprint)
