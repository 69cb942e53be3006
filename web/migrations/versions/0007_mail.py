"""People are told by mail: their addresses and choices, and what was written to them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of mail, and give accounts an address."""
    op.add_column("account", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("account", sa.Column("mail", sa.String(length=10), server_default="at-once", nullable=False))
    op.add_column("account", sa.Column("calendar_hash", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_account_calendar_hash"), "account", ["calendar_hash"])
    op.create_table(
        "mail",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=True),
        sa.Column("method", sa.String(length=10), nullable=True),
        sa.Column("thread", sa.String(length=150), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_mail_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("cause", name=op.f("uq_mail_cause")),
    )
    op.create_index("ix_mail_state_retry_at", "mail", ["state", "retry_at"])
    op.create_index("ix_mail_person_at", "mail", ["person", "at"])
    op.create_index(op.f("ix_mail_thread"), "mail", ["thread"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("mail")
    op.drop_index(op.f("ix_account_calendar_hash"), table_name="account")
    op.drop_column("account", "calendar_hash")
    op.drop_column("account", "mail")
    op.drop_column("account", "email")
