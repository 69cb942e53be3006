"""Reads one answer: what came from the page or a program becomes a JSON-ready value, or a sentence for the person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError

from .components import MOST_LINE, MOST_TEXT, ONE_OF, SOME_OF, Component
from .dates import read_moment
from .patterns import MOST_PATTERN_TEXT
from .values import Choice, Upload

MOST_FILES = 50
MOST_AMOUNT = Decimal(10) ** 15
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{4,28}")
_AMOUNT = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TICKED = {"true": True, "on": True, "1": True, "yes": True, "false": False, "off": False, "0": False, "no": False}

CHOOSE_ONE = "Choose one of the options."
CHOOSE_SOME = "Choose at least one option."
NEEDED = "Fill this in."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules of one answer may look at: the other answers with the context below, and the lists of choices."""

    names: Mapping[str, Any]
    context: Mapping[str, Any]
    choices: Mapping[str, Sequence[Choice]]


def read_answer(component: Component, raw: Any, around: Surroundings) -> Any:
    """The answer, or None / False / [] where nothing was given.

    Raises:
        ValidationError: with sentences for the person.
    """
    return _READERS[component.kind](component, raw, around)


def _blank(component: Component, sentence: str = NEEDED) -> None:
    if component.rules.required:
        raise ValidationError([sentence])


def width(text: str) -> int:
    """The length in UTF-16 units, which is how form-js and browsers count."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _text(component: Component, raw: Any, _around: Surroundings) -> str | None:
    rules, is_line = component.rules, component.kind == "textfield"
    if raw is None:
        return _blank(component)
    if not isinstance(raw, str):
        raise ValidationError(["Write a text."])
    most = rules.max_length if rules.max_length is not None else MOST_LINE if is_line else MOST_TEXT
    if rules.pattern is not None:
        most = min(most, MOST_PATTERN_TEXT)
    # Before anything that goes through the text: a line end may be two characters, accents may be composed.
    if len(raw) > 4 * most + 1_000:
        raise ValidationError([f"Shorten this to at most {most:,} characters."])
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _UNSTORABLE.search(text) or (is_line and ("\n" in text or "\t" in text)):
        what = "line breaks and control characters" if is_line else "control characters"
        raise ValidationError([f"Remove {what}."])
    text = unicodedata.normalize("NFC", text)
    if not text:
        return _blank(component)
    problems = list(_text_problems(component, text, most))
    if problems:
        raise ValidationError(problems)
    return text


def _text_problems(component: Component, text: str, most: int) -> list[str]:
    rules, problems = component.rules, []
    if width(text) > most:
        return [f"Shorten this to at most {most:,} characters; it has {width(text):,}."]
    if rules.min_length is not None and width(text) < rules.min_length:
        problems.append(f"Write at least {rules.min_length:,} characters.")
    if rules.pattern is not None and not rules.pattern.search(text):
        problems.append(rules.pattern_message or "This is not in the expected form.")
    if rules.text_kind == "email" and not _EMAIL.fullmatch(text):
        problems.append("Enter an e-mail address like ada@example.org.")
    if rules.text_kind == "phone" and not _PHONE.fullmatch(text):
        problems.append("Enter a telephone number like +44 20 7946 0000.")
    return problems


def read_amount(raw: Any) -> Decimal | None:
    """A number as it was typed or sent, exactly; None when it is none. Never NaN or infinite."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal)):
        return None
    if isinstance(raw, int) and abs(raw) > MOST_AMOUNT * 10:
        return MOST_AMOUNT * 10
    text = str(raw).strip() if not isinstance(raw, str) or len(raw) < 100 else ""
    if not _AMOUNT.fullmatch(text) or not text.isascii():
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _number(component: Component, raw: Any, _around: Surroundings) -> int | float | str | None:
    rules = component.rules
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return _blank(component)
    amount = read_amount(raw)
    if amount is None:
        raise ValidationError(["Enter a whole number like 3." if rules.digits == 0 else "Enter a number like 3.5."])
    if abs(amount) > MOST_AMOUNT:
        raise ValidationError(["This number is too large."])
    if rules.digits == 0 and amount != amount.to_integral_value():
        raise ValidationError(["Enter a whole number like 3."])
    if rules.digits is not None:
        amount = amount.quantize(Decimal(1).scaleb(-rules.digits), ROUND_HALF_UP)
    _check_amount(component, amount)
    if rules.as_text:
        return f"{amount:f}"
    # Adding 0 turns -0.0 into 0.0, which canonical JSON writes the same way.
    return int(amount) if rules.digits == 0 else float(amount) + 0.0


def _check_amount(component: Component, amount: Decimal) -> None:
    rules, problems = component.rules, []
    if rules.minimum is not None and amount < rules.minimum:
        problems.append(f"Enter {rules.minimum:f} or more.")
    if rules.maximum is not None and amount > rules.maximum:
        problems.append(f"Enter {rules.maximum:f} or less.")
    if rules.increment is not None and amount % rules.increment:
        problems.append(f"Enter a multiple of {rules.increment:f}.")
    if problems:
        raise ValidationError(problems)


def ticked(raw: Any) -> bool | None:
    """Whether a box is ticked; None when the value says neither."""
    if raw is None or raw == "":
        return False
    if isinstance(raw, bool):
        return raw
    return _TICKED.get(raw.strip().lower()) if isinstance(raw, str) and len(raw) < 20 else None


def _checkbox(component: Component, raw: Any, _around: Surroundings) -> bool:
    answer = ticked(raw)
    if answer is None:
        raise ValidationError(["Tick this box or leave it."])
    if not answer:
        _blank(component, "Tick this box to go on.")
    return answer


def options_of(component: Component, choices: Mapping[str, Sequence[Choice]]) -> Sequence[Choice]:
    """The options of a choice: its own, or the list it names; raises ValidationError when that is not there."""
    if not component.choices_key:
        return component.options
    if component.choices_key not in choices:
        raise ValidationError([f"The list “{component.choices_key}” is not available here. Tell your administrator."])
    return choices[component.choices_key]


def _one(component: Component, raw: Any, around: Surroundings) -> str | None:
    known = {option.value for option in options_of(component, around.choices)}
    if raw is None or raw == "":
        return _blank(component, CHOOSE_ONE)
    if not isinstance(raw, str) or raw not in known:
        raise ValidationError([CHOOSE_ONE])
    return raw


def _some(component: Component, raw: Any, around: Surroundings) -> list[str]:
    known = {option.value for option in options_of(component, around.choices)}
    items = [raw] if isinstance(raw, str) else [] if raw is None else raw
    if not isinstance(items, (list, tuple)) or len(items) > 10_000:
        raise ValidationError(["Choose from the options."])
    picked = [item for item in items if item != ""]
    if any(not isinstance(item, str) or item not in known for item in picked):
        raise ValidationError(["Choose from the options."])
    if not picked:
        _blank(component, CHOOSE_SOME)
    return list(dict.fromkeys(picked))


def _moment(component: Component, raw: Any, around: Surroundings) -> str | None:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return _blank(component)
    return read_moment(component, raw, around.names, around.context)


def accepts(accept: tuple[str, ...], upload: Upload) -> bool:
    """Whether a file fits the `accept` list: extensions like .pdf, types like image/*, or whole media types."""
    kind, name = upload.media_type.lower(), upload.name.lower()
    extensions = tuple(rule for rule in accept if rule.startswith("."))
    families = tuple(rule[:-1] for rule in accept if rule.endswith("/*"))
    return not accept or kind in accept or name.endswith(extensions) or kind.startswith(families)


def _file(component: Component, raw: Any, _around: Surroundings) -> dict[str, Any] | list[dict[str, Any]] | None:
    rules = component.rules
    given = [item for item in (raw if isinstance(raw, (list, tuple)) else [raw]) if item not in (None, "")]
    # A new file replaces the one that was kept.
    given = given if rules.multiple else given[-1:]
    if not given:
        _blank(component, "Choose a file.")
        return [] if rules.multiple else None
    # Only the caller makes uploads, after storing the bytes; text and dicts could name a file that nobody sent.
    if not all(isinstance(item, Upload) and _SHA256.fullmatch(item.sha256) for item in given):
        raise ValidationError(["Choose the file again."])
    if len(given) > MOST_FILES:
        raise ValidationError([f"Choose at most {MOST_FILES} files."])
    if not all(accepts(rules.accept, item) for item in given):
        raise ValidationError([f"Choose a file of these kinds: {', '.join(rules.accept)}."])
    files = []
    for item in given:
        name = unicodedata.normalize("NFC", _UNSTORABLE.sub("", item.name[:255]).replace("\n", " ")).strip() or "file"
        files.append({"name": name, "media_type": item.media_type[:100], "size": item.size, "sha256": item.sha256})
    return files if rules.multiple else files[0]


_READERS: dict[str, Callable[[Component, Any, Surroundings], Any]] = {
    "textfield": _text, "textarea": _text, "number": _number, "datetime": _moment, "checkbox": _checkbox,
    "filepicker": _file,
    **dict.fromkeys(ONE_OF, _one), **dict.fromkeys(SOME_OF, _some),
}
