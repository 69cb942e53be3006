"""Instances follow to other versions and are repaired: what was asked for, what came of it, and what bears a mark."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of migrations and repairs with their triggers, and the columns that tell of them."""
    op.create_table(
        "migration",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.String(length=32), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_migration_definition_id"),
            initially="DEFERRED", deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index(op.f("ix_migration_at"), "migration", ["at"])
    op.create_index(op.f("ix_migration_process"), "migration", ["process"])
    op.create_table(
        "migration_outcome",
        sa.Column("migration_id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=32), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_migration_outcome_migration_id"),
            initially="DEFERRED", deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_migration_outcome_instance_id"),
            initially="DEFERRED", deferrable=True,
        ),
        sa.PrimaryKeyConstraint("migration_id", "instance_id", name=op.f("pk_migration_outcome")),
        sa.UniqueConstraint("seq", name=op.f("uq_migration_outcome_seq")),
    )
    op.create_index("ix_migration_outcome_instance_id", "migration_outcome", ["instance_id"])
    op.create_table(
        "repair",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=True),
        sa.Column("variable", sa.String(length=200), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("stand", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_repair_instance_id"), initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair")),
    )
    op.create_index(op.f("ix_repair_instance_id"), "repair", ["instance_id"])
    op.create_table(
        "repair_decision",
        sa.Column("repair_id", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["repair_id"], ["repair.id"], name=op.f("fk_repair_decision_repair_id"), initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("repair_id", name=op.f("pk_repair_decision")),
    )
    op.add_column("instance", sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("task", sa.Column("definition_id", sa.String(length=32), nullable=True))
    op.add_column("trail", sa.Column("definition_id", sa.String(length=32), nullable=True))
    triggers = Path(__file__).with_name(f"0002_triggers.{op.get_bind().dialect.name}.sql")
    for statement in triggers.read_text(encoding="utf-8").splitlines():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Remove the tables with their triggers, and the columns."""
    op.drop_column("trail", "definition_id")
    op.drop_column("task", "definition_id")
    op.drop_column("instance", "repaired_at")
    op.drop_table("repair_decision")
    op.drop_table("repair")
    op.drop_table("migration_outcome")
    op.drop_table("migration")
