"""The command line: `./milepost COMMAND`, or `python -m web COMMAND`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from engine import DiagramRefused, EngineError
from forms import FormsError
from processes import ProcessesError
from web.commands import commands
from web.errors import WebError
from web.jobs import left_behind
from web.troubles import Trouble, trouble_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; any refusal is one line on standard error, and the exit code says that it failed."""
    code = run(arguments)
    if left_behind():  # Python would wait for them for ever
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 refused or not sound, 2 wrongly called, 130 interrupted."""
    try:
        outcome = commands.main(list(arguments) if arguments is not None else None, "milepost", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except DiagramRefused as refused:
        for finding in refused.findings:
            click.echo(f"{finding.file}: {finding.element or '-'}: {finding.rule}: {finding.sentence}", err=True)
        return _say(str(refused))
    except (WebError, EngineError, FormsError, ProcessesError) as error:
        return _say(str(error))
    except SQLAlchemyError as error:
        return _say(_database_sentence(error))
    except OSError as error:
        return _say(f"{error.filename or 'The system'}: {error.strerror or error}.")


def _say(sentence: str) -> int:
    click.echo(sentence, err=True)
    return 1


SENTENCES = {
    Trouble.BUSY: "The database is in use by somebody else. Nothing was changed; try again.",
    Trouble.FULL: "The disk is full. Nothing was changed.",
    Trouble.DAMAGED: "The database is damaged, or is none. Restore a backup.",
    Trouble.UNUSABLE: "The database does not answer, or does not let Milepost in. Nothing was changed.",
}


def _database_sentence(error: SQLAlchemyError) -> str:
    return SENTENCES.get(trouble_of(error)) or f"The database refused: {getattr(error, 'orig', None) or error}"


if __name__ == "__main__":
    main()
