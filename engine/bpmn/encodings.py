"""The ways in which the bytes of a file may be read as XML, where its own word for its encoding is not to be had."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from urllib.parse import quote

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["'][^>]*\?>""")
_NAMESPACE = re.compile(rb"""(\bxmlns(?::[^\s=<>"']+)?\s*=\s*)("[^"<]*"|'[^'<]*')""")
_ADDRESS = ":/?#[]@!$&'()*+,;=%\""
_WIDE = re.compile(r"utf_?(16|32)", re.IGNORECASE)


def readings(content: bytes) -> Iterator[bytes]:
    """The content itself; then as what it says under a name that libxml2 does not know, or as the UTF-8 it is."""
    yield content
    declared = _DECLARED.match(content)
    if declared is None:
        if content[:1].isspace():
            yield content.lstrip()
        return
    try:
        codec = codecs.lookup(declared[1].decode("ascii"))
        # A declaration that can be read byte by byte is not in two or four bytes a character, whatever it says.
        name = "utf-8" if _WIDE.match(codec.name.replace("-", "_")) else codec.name
        if codec._is_text_encoding:
            yield content[declared.end() :].decode(name).encode("utf-8")
    except (LookupError, UnicodeError):
        return


def with_addresses(content: bytes) -> bytes:
    """The content with namespaces that libxml2 takes: some tools make them of names, with blanks and all."""
    return _NAMESPACE.sub(lambda found: found[1] + quote(found[2], safe=_ADDRESS).encode(), content)
