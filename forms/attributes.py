"""Typed access to the attributes of one raw form-js component; everything that does not fit becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .answers import read_amount
from .errors import ExpressionRefused
from .expressions import Expression, feel
from .values import FormFinding

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}(?:\.[A-Za-z][A-Za-z0-9_]{0,63}){0,5}")
_RESERVED = {"this", "parent", "true", "false", "null"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Attributes:
    """One component as it came, with the list that findings go to."""

    def __init__(self, raw: Mapping[str, Any], name: str, findings: list[FormFinding]) -> None:
        self.raw = raw
        self.name = name
        self.findings = findings

    def find(self, rule: str, sentence: str) -> None:
        """Note a finding about this component."""
        self.findings.append(FormFinding(self.name, rule, sentence))

    def inside(self, name: str) -> Attributes:
        """The attributes in a mapping inside this one, such as `validate`."""
        part = self.raw.get(name)
        if part is not None and not isinstance(part, Mapping):
            self.find(name, f"“{name}” must be a group of settings.")
        return Attributes(part if isinstance(part, Mapping) else {}, self.name, self.findings)

    def text(self, name: str, most: int = 500) -> str:
        """A plain text without expressions or places for values; “” where there is none."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > most or _CONTROL.search(value):
            self.find(name, f"“{name}” must be a text of at most {most:,} characters.")
            return ""
        if value.startswith("=") or "{{" in value:
            self.find("expression", f"“{name}” must be a plain text; expressions are supported in conditions only.")
            return ""
        return value.strip()

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no."""
        value = self.raw.get(name, default)
        if not isinstance(value, bool):
            self.find(name, f"“{name}” must be plainly true or false; expressions are supported in conditions only.")
            return default
        return value

    def whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number in bounds, or None where there is none."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        amount = read_amount(value)
        if amount is None or amount != amount.to_integral_value() or not low <= amount <= high:
            self.find(name, f"“{name}” must be a whole number from {low:,} to {high:,}.")
            return None
        return int(amount)

    def amount(self, name: str) -> Decimal | None:
        """A number up to 10**15 with at most 9 decimals, or None where there is none."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        amount = read_amount(value)
        if amount is None or abs(amount) > 10**15 or amount != round(amount, 9):
            self.find(name, f"“{name}” must be a plain number with at most 9 decimals.")
            return None
        return amount.normalize()

    def items(self, name: str, most: int = 500) -> list[Any]:
        """A list, empty where there is none."""
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            self.find(name, f"“{name}” must be a list of at most {most} entries.")
            return []
        return value

    def expression(self, name: str) -> Expression | None:
        """A FEEL expression, which begins with “=”; None where there is none."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not value.startswith("="):
            self.find("expression", f"“{name}” must be an expression that begins with “=”.")
            return None
        return self.compiled(name, value)

    def compiled(self, name: str, text: str) -> Expression | None:
        """A text as FEEL, or None after noting why it is refused."""
        try:
            return feel(text)
        except ExpressionRefused as refusal:
            self.find("expression", f"“{name}” is outside the supported part of FEEL. {refusal.detail}")
            return None

    def path(self, name: str, needed: bool) -> tuple[str, ...]:
        """A dotted key as its parts; () where there is none."""
        value = self.raw.get(name)
        if (value is None or value == "") and not needed:
            return ()
        if not isinstance(value, str) or not KEY.fullmatch(value) or "__" in value:
            self.find("key", f"“{name}” must name the answer: letters, digits and underscores, dots between levels.")
            return ()
        parts = tuple(value.split("."))
        if _RESERVED & set(parts):
            self.find("key", f"“{name}” uses a word that conditions need themselves: {', '.join(sorted(_RESERVED))}.")
            return ()
        return parts

    def properties(self) -> dict[str, str]:
        """The custom properties, each as text."""
        part = self.inside("properties").raw
        kept = {}
        for key, value in list(part.items())[:50]:
            text = str(value) if isinstance(value, (str, int, float)) else "\0"
            if len(text) <= 1_000 and not _CONTROL.search(text):
                kept[str(key)] = text.lower() if isinstance(value, bool) else text
            else:
                self.find("properties", f"The custom property “{str(key)[:50]}” must be a short text.")
        return kept
