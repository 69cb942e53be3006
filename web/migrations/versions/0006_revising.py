"""The SOP itself is revised by a procedure: its revisions, and who owns and approves it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of revisions and duties."""
    op.create_table(
        "sop_revision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.Column("proposal", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=True),
        sa.Column("approver", sa.String(length=64), nullable=True),
        sa.Column("record", sa.String(length=32), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("readers", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_revision")),
        sa.UniqueConstraint("sequence", name=op.f("uq_sop_revision_sequence")),
    )
    op.create_index(op.f("ix_sop_revision_instance"), "sop_revision", ["instance"])
    op.create_table(
        "sop_duty",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_duty")),
    )
    op.create_index("ix_sop_duty_person_until", "sop_duty", ["person", "until"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_sop_duty_person_until", table_name="sop_duty")
    op.drop_table("sop_duty")
    op.drop_index(op.f("ix_sop_revision_instance"), table_name="sop_revision")
    op.drop_table("sop_revision")
