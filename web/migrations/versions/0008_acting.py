"""Action items are followed by a procedure of their own, which keeps what is said about them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of what is said; an action names the instance that follows it."""
    op.add_column("action", sa.Column("instance", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_action_instance"), "action", ["instance"])
    op.create_table(
        "action_step",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("instance", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_action_step_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_step")),
    )
    op.create_index("ix_action_step_project_action", "action_step", ["project", "action"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_action_step_project_action", table_name="action_step")
    op.drop_table("action_step")
    op.drop_index(op.f("ix_action_instance"), table_name="action")
    op.drop_column("action", "instance")
