"""Processes start by time."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of start timers."""
    op.create_table(
        "start_timer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("definition_id", sa.String(length=32), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.Column("anchor", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_start_timer_definition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_timer")),
    )
    op.create_index(op.f("ix_start_timer_due"), "start_timer", ["due"])
    op.create_index(op.f("ix_start_timer_process"), "start_timer", ["process"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("start_timer")
