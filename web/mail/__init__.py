"""Mail: what people are told outside Milepost, written with its cause, sent after it is committed, once."""

from web.mail.post import Post
from web.mail.reading import Failed, failed_mails, mails_of, settle
from web.mail.tables import MailRow

__all__ = ["Failed", "MailRow", "Post", "failed_mails", "mails_of", "settle"]
