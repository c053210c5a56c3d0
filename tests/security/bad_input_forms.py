"""Forms as their pages show them: every field that a browser would send, and more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import html

from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_office import Office

STEERING = frozenset({"csrf_token", "idempotency_key", "next", "row_action", "file"})
WRITTEN = frozenset({"textarea", "text", "email", "url", "search"})
BOXES = "descendant::input | descendant::textarea | descendant::select"


@dataclass(frozen=True)
class Form:
    """A form on a page: where it goes, what it holds, in which of its fields one writes."""

    action: str
    fields: Mapping[str, list[str]]
    texts: frozenset[str]

    def names(self) -> list[str]:
        """The fields that say something; those that steer the page are left out."""
        return [name for name in self.fields if name not in STEERING]

    def with_(self, **changes: object) -> dict[str, object]:
        """What a browser sends, with some fields written anew."""
        sent = {name: values for name, values in self.fields.items() if values}
        return {**sent, "idempotency_key": fresh_key(), **changes}


def form_of(client, path: str, action: str = "") -> Form:
    """The form of a page that goes to where ``action`` ends; else back to the page itself."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    found = [
        form
        for form in html.fromstring(page.text).forms
        if form.method == "POST" and (form.get("action") or path).endswith(action or path)
    ]
    (form,) = found
    fields: dict[str, list[str]] = {}
    texts = set()
    for box in form.xpath(BOXES):
        name = box.get("name")
        # A row's pattern is no row.
        if name is None or "__row__" in name:
            continue
        fields.setdefault(name, [])
        kind = box.get("type", "text") if box.tag == "input" else box.tag
        if kind in WRITTEN:
            texts.add(name)
    for name, value in form.form_values():
        if name in fields:
            fields[name].append(value)
    return Form(form.get("action") or path, fields, frozenset(texts))


@dataclass(frozen=True)
class Page:
    """A page with a form: whose it is, how one comes there, and what would do in it."""

    login: str
    path: Callable[[Office], str]
    would_do: Mapping[str, object]
    action: str = ""

    def form(self, office: Office) -> Form:
        """Its form as it stands now."""
        return form_of(office.client(self.login), self.path(office), self.action)
