"""A review can be moved, called off, and go on without a quorum; who is entitled to decide in it is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give meetings what they lack, and moves a table."""
    op.add_column("meeting", sa.Column("entitled", sa.JSON(), nullable=True))
    op.add_column("meeting", sa.Column("needed", sa.Integer(), nullable=True))
    op.add_column("meeting", sa.Column("course", sa.String(length=20), nullable=True))
    op.add_column("meeting", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meeting", sa.Column("circulated", sa.String(length=32), nullable=True))
    op.create_table(
        "meeting_move",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column("meeting", sa.String(length=20), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"], name=op.f("fk_meeting_move_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_move")),
    )
    op.create_index("ix_meeting_move_project_meeting", "meeting_move", ["project", "meeting"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_meeting_move_project_meeting", table_name="meeting_move")
    op.drop_table("meeting_move")
    for column in ("circulated", "answer_by", "course", "needed", "entitled"):
        op.drop_column("meeting", column)
