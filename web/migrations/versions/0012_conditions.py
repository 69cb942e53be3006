"""Changes can be approved on conditions and taken back; who set which condition is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of conditions; a change says when and as which revision of the plan it was taken back."""
    op.add_column("change", sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("change", sa.Column("reverted_as", sa.String(length=32), nullable=True))
    op.create_table(
        "approval_condition",
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_approval_condition_project")),
        sa.PrimaryKeyConstraint("project", "change", "number", name=op.f("pk_approval_condition")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("approval_condition")
    op.drop_column("change", "reverted_as")
    op.drop_column("change", "reverted_at")
