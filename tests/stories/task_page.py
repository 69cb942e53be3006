"""The page of a task as a person without scripts meets it: read from its HTML, filled in, sent, signed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import html
from werkzeug.test import TestResponse

from tests.factories import PASSWORD, Visitor


@dataclass(frozen=True)
class TaskPage:
    """The page of a task as a browser without scripts shows it: fields are filled in, rows added, buttons pressed."""

    browser: Visitor
    task: str
    response: TestResponse
    typed: tuple[tuple[str, str], ...] | None = None

    @property
    def form(self) -> html.FormElement:
        """The form to fill in."""
        (found,) = (one for one in html.fromstring(self.response.text).forms if one.get("id") == "the-form")
        return found

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What would be sent now."""
        return list(self.form.form_values() if self.typed is None else self.typed)

    def fill(self, answers: Mapping[str, Any]) -> TaskPage:
        """Type answers into the fields that the page has; add the rows that they need."""
        page = self
        for path, count in _rows(answers):
            while count > len({name for name, _ in page.pairs if re.fullmatch(rf"{re.escape(path)}\.\d+\._row", name)}):
                page = page.press("_rows", f"add:{path}")
        wanted = _flat(answers)
        page = page._typed(wanted, missing_is_fine=True)
        if {name for name in wanted if wanted[name]} - page._names():
            page = page.press("_do", "refresh")._typed(wanted, missing_is_fine=False)
        return page

    def press(self, button: str, value: str, **more: str) -> TaskPage:
        """Press a button that brings the same page again."""
        assert button == "_do" or self.form.xpath(f".//button[@name={button!r} and @value={value!r}]"), value
        again = self.send({button: value, **more})
        assert again.status_code == 200, problems(again)
        return TaskPage(self.browser, self.task, again)

    def send(self, more: Mapping[str, str] | None = None, *, without: Sequence[str] = ()) -> TestResponse:
        """Send the form as it stands, with the pressed button's value."""
        data: dict[str, list[str]] = {}
        for name, value in self.pairs:
            if name not in without:
                data.setdefault(name, []).append(value)
        data.update({name: [value] for name, value in (more or {}).items()})
        return self.browser.post(f"/tasks/{self.task}", data)

    def finish(self, password: str = PASSWORD) -> TestResponse:
        """Press the button that hands the answers in; read and sign the document if there is one."""
        (button,) = self.form.xpath(".//button[contains(@class, 'btn-primary')]")
        asks = self.form.xpath(".//input[@name='password']")
        sent = self.send({"_do": button.get("value"), **({"password": password} if asks else {})})
        if sent.status_code == 302 and sent.location.partition("?")[0].endswith("/sign"):
            return sign(self.browser, sent.location, password)
        return sent

    def review(self) -> str:
        """Hand the answers in to be read as they would be sealed; gives the address of that page."""
        sent = self.send({"_do": "review"})
        assert sent.status_code == 302, problems(sent)
        return sent.location

    def _names(self) -> set[str]:
        return {one.get("name") for one in self.form.xpath(".//*[@name and not(self::button)]")}

    def _typed(self, wanted: Mapping[str, Sequence[str]], *, missing_is_fine: bool) -> TaskPage:
        here = self._names()
        missing = {name for name, values in wanted.items() if values} - here
        assert missing_is_fine or not missing, f"the page has no fields {sorted(missing)}"
        for name, values in wanted.items():
            if name in here:
                _offered(self.form, name, values)
        kept = [(name, value) for name, value in self.pairs if name not in wanted]
        typed = [(name, value) for name, values in wanted.items() if name in here for value in values]
        return replace(self, typed=(*kept, *typed))


def sign(browser: Visitor, address: str, password: str = PASSWORD) -> TestResponse:
    """Read the document at this address and sign it."""
    page = browser.get(address)
    (form,) = (one for one in html.fromstring(page.text).forms if "signoff" in (one.get("class") or ""))
    return browser.post(form.get("action"), {**dict(form.form_values()), "password": password})


def send_form(browser: Visitor, page: str, values: Mapping[str, Any], action: str | None = None) -> TestResponse:
    """Open a page, fill in the form on it that posts to `action` (the page's own address), and send it."""
    path = page.partition("?")[0] if action is None else action
    root = html.fromstring(browser.get(page).text)
    (form,) = (one for one in root.forms if (one.get("action") or path).partition("?")[0] == path)
    wanted = _flat(values)
    here = {one.get("name") for one in form.xpath(".//*[@name and not(self::button)]")}
    assert set(wanted) <= here, f"the page has no fields {sorted(set(wanted) - here)}"
    data: dict[str, list[str]] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value)
    for name, chosen in wanted.items():
        _offered(form, name, chosen)
    return browser.post(path, data | wanted)


def problems(response: TestResponse) -> str:
    """What a page says is wrong, for the message of a failing test."""
    page = html.fromstring(response.text or "<p></p>")
    said = page.xpath("//*[@role='alert' or contains(@class, 'invalid-feedback') or contains(@class, 'problems')]")
    return f"{response.status_code}: {' | '.join(one.text_content().strip() for one in said) or response.text[-800:]}"


def _rows(answers: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, int]]:
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield f"{path}{name}", len(value)
            for at, row in enumerate(value):
                yield from _rows(row, f"{path}{name}.{at}.")


def _flat(answers: Mapping[str, Any], path: str = "") -> dict[str, list[str]]:
    """Name of a field -> what a browser sends for it; nothing for a box that is not ticked."""
    found: dict[str, list[str]] = {}
    for name, value in answers.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for at, row in enumerate(value):
                found |= _flat(row, f"{path}{name}.{at}.")
        elif isinstance(value, list):
            found[path + name] = [str(one) for one in value]
        elif isinstance(value, bool):
            found[path + name] = ["true"] if value else []
        else:
            found[path + name] = [] if value is None else [str(value)]
    return found


def _offered(form: html.FormElement, name: str, values: Sequence[str]) -> None:
    """A browser can only choose what the page offers."""
    options = form.xpath(f".//select[@name={name!r}]/option/@value")
    options += form.xpath(f".//input[@name={name!r} and (@type='radio' or @type='checkbox')]/@value")
    assert not options or set(values) <= set(options), f"{name} offers {options}, not {values}"
