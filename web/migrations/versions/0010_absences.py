"""People name deputies for the time of their absence: absences, their early ends, and what was done for whom."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables with their triggers."""
    op.create_table(
        "absence",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("deputy", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_person"), "absence", ["person"])
    op.create_index(op.f("ix_absence_deputy"), "absence", ["deputy"])
    op.create_table(
        "absence_end",
        sa.Column("absence_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name=op.f("fk_absence_end_absence_id"), initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("absence_id", name=op.f("pk_absence_end")),
    )
    op.create_table(
        "acting",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("absence_id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("absent", sa.String(length=64), nullable=False),
        sa.Column("absent_name", sa.String(length=200), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name=op.f("fk_acting_absence_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_acting")),
    )
    op.create_index(op.f("ix_acting_absence_id"), "acting", ["absence_id"])
    op.create_index(op.f("ix_acting_instance_id"), "acting", ["instance_id"])
    triggers = Path(__file__).with_name(f"0010_triggers.{op.get_bind().dialect.name}.sql")
    for statement in triggers.read_text(encoding="utf-8").splitlines():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the tables; their triggers go with them."""
    op.drop_table("acting")
    op.drop_table("absence_end")
    op.drop_table("absence")
