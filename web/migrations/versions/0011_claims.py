"""A milestone that is reported complete is claimed: claims are kept, with what was said about each."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of claims."""
    op.create_table(
        "claim",
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("loops", sa.Integer(), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_claim_project")),
        sa.PrimaryKeyConstraint("project", "id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_instance"), "claim", ["instance"])
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_claim_open",
        "claim",
        ["project", "milestone"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "claim_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("claim", sa.String(length=20), nullable=False),
        sa.Column("milestone", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_claim_step_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_step")),
    )
    op.create_index("ix_claim_step_project_claim", "claim_step", ["project", "claim"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_claim_step_project_claim", table_name="claim_step")
    op.drop_table("claim_step")
    op.drop_index("uq_claim_open", table_name="claim")
    op.drop_index(op.f("ix_claim_instance"), table_name="claim")
    op.drop_table("claim")
