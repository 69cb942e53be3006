"""Reading what a printed record says: the text of a PDF, through the tables of its own fonts."""

from __future__ import annotations

import io
import re

import pikepdf


def text_of(pdf: bytes) -> str:
    """The text of all pages without its spaces, glyph by glyph through each font's own table of characters."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return "".join(squeezed(_page_text(page)) for page in opened.pages)


def squeezed(text: str) -> str:
    """A text without spaces and places where a long word may break: where lines end does not matter here."""
    return "".join(text.replace("\u200b", "").split())


def _page_text(page: pikepdf.Page) -> str:
    tables = {name: _characters(font.ToUnicode.read_bytes()) for name, font in page.resources.Font.items()}
    found: list[str] = []
    table: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            table = tables[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else [operands[0]]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            found += [table.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
    return "".join(found)


def _characters(table: bytes) -> dict[bytes, str]:
    """Code -> characters, of a ToUnicode table."""
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", table)
    return {bytes.fromhex(code.decode()): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs}
