"""What was not done as the SOP asks is kept as a row of its own, beside its sealed record."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of gaps."""
    op.create_table(
        "gap",
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("clause", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_gap_project")),
        sa.PrimaryKeyConstraint("project", "id", name=op.f("pk_gap")),
        sa.UniqueConstraint("project", "origin", name=op.f("uq_gap_project_origin")),
    )
    op.create_index(op.f("ix_gap_instance"), "gap", ["instance"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index(op.f("ix_gap_instance"), table_name="gap")
    op.drop_table("gap")
