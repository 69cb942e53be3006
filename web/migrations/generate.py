"""Writes versions/0001_first.py anew from the tables as they are: `python -m web.migrations.generate`.

For developers, until the first release; later versions are written by hand beside it. The code that comes out is
explicit and stands by itself: it imports nothing of Milepost, and the triggers are SQL in files beside it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import DateTime, create_engine

from engine import Instant
from engine.ledger import triggers
from web.migrations.tables import METADATA

TARGET = Path(__file__).parent / "versions" / "0001_first.py"
DIALECTS = ("sqlite", "postgresql")
TEMPLATE = '''"""The first tables of every room, and the triggers that keep evidence from being changed."""

# ruff: noqa: PLR0915  as many statements as there are tables
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None



def upgrade() -> None:
    """Make the tables and the triggers."""
    {upgrade}
    triggers = Path(__file__).with_name(f"0001_triggers.{{op.get_bind().dialect.name}}.sql")
    for statement in triggers.read_text(encoding="utf-8").splitlines():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the tables; their triggers go with them."""
    {downgrade}
'''


def generate() -> str:
    """The text of the first migration."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        options: dict[str, Any] = {"render_item": _render, "target_metadata": METADATA}
        context = MigrationContext.configure(connection, opts=options)
        script = produce_migrations(context, METADATA)
        render: dict[str, Any] = {
            "sqlalchemy_module_prefix": "sa.",
            "alembic_module_prefix": "op.",
            "render_item": _render,
            "migration_context": context,
        }
        upgrade = render_python_code(script.upgrade_ops, **render)
        downgrade = render_python_code(script.downgrade_ops, **render)
    engine.dispose()
    return TEMPLATE.format(upgrade=_code(upgrade), downgrade=_code(downgrade))


def _render(kind: str, item: Any, _context: AutogenContext) -> Any:
    if kind == "type" and isinstance(item, (Instant, DateTime)):
        return "sa.DateTime(timezone=True)"
    return False


def _code(text: str) -> str:
    """Alembic's text without its two comment lines."""
    lines = (line for line in text.splitlines() if not line.strip().startswith("# ###"))
    return "\n".join(lines).strip()


def triggers_of(dialect: str) -> str:
    """The triggers of one kind of database, one statement a line."""
    return "".join(" ".join(statement.split()) + "\n" for statement in triggers.statements(dialect))


def main() -> None:
    """Write the file, laid out as the rest of the code, and the triggers beside it."""
    for dialect in DIALECTS:
        TARGET.with_name(f"0001_triggers.{dialect}.sql").write_text(triggers_of(dialect), encoding="utf-8")
    TARGET.write_text(generate(), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(TARGET)], check=False)
    sys.stdout.write(f"Wrote {TARGET.name}, {len(TARGET.read_text(encoding='utf-8').splitlines())} lines.\n")


if __name__ == "__main__":
    main()
