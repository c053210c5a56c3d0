"""People in a browser: each has a context, a language, and what they do on the pages."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path

from playwright.sync_api import expect

PATIENCE = 20_000
"""Milliseconds in which a page must come to what is expected of it."""

expect.set_options(timeout=PATIENCE)
AXE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAFT = {
    "start_date": "2027-01-18",
    "end_date": "2027-06-12",
    "student_global_id": "urn:schac:personalUniqueCode:int:esi:fr:1234567890A",
    "student_birth_date": "2004-02-29",
    "student_citizenship": "FR",
    "student_gender": "2",
    "eqf_level_studied_at_departure": "6",
    "isced_f_code": "0231",
    "language": "es",
    "cefr_level": "B2",
    "provisions_url": "https://www.example.org/assessment",
    "sending_contact_given_names": "Claire",
    "sending_contact_family_name": "Vidal",
    "sending_contact_email": "claire.vidal@example.org",
    "receiving_contact_given_names": "Carmen",
    "receiving_contact_family_name": "Sánchez",
    "receiving_contact_email": "carmen@example.org",
}


class Visitor:
    """Somebody before a browser window, in one language."""

    def __init__(self, browser, server, language, *, width=1440, dark=False):
        self.server = server
        self.language = language
        self.name = ""
        self.context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 900},
            locale={"fr": "fr-FR", "en": "en-GB", "es": "es-ES"}[language],
            color_scheme="dark" if dark else "light",
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("dialog", self._answer)

    def _listen(self, message):
        # Browser and htmx report every 4xx as an error; refusals are part of the walk.
        refused = ("Failed to load resource", "Response Status Error Code 4")
        if message.type == "error" and not message.text.startswith(refused):
            self.complaints.append(message.text)

    def _answer(self, dialog):
        # One that stays open would stop the page for good.
        self.complaints.append(f"dialog {dialog.type} {dialog.message}")
        dialog.accept()

    def close(self):
        self.context.close()
        assert self.complaints == []

    def sign_in(self, name):
        self.name = name
        self.page.goto("/sign-in")
        self.page.get_by_role("button", name=re.compile(re.escape(name))).click()
        self.page.wait_for_url(lambda address: "/sign-in" not in address)
        self.speak()
        return self

    def returns(self):
        """Sign in again, on another day: the session has ended."""
        self.context.clear_cookies()
        return self.sign_in(self.name)

    def speak(self):
        """Choose the language where the account brought another one."""
        if self.page.locator("html").get_attribute("lang") != self.language:
            with self.page.expect_navigation():
                self.page.locator(f".languages button[value={self.language}]").click()
        assert self.page.locator("html").get_attribute("lang") == self.language

    def settle(self):
        """Wait until what the page fetches by itself is there: counts, diagrams."""
        self.page.wait_for_load_state()
        self.page.wait_for_function(
            """() => !document.querySelector('.htmx-request')
                && [...document.querySelectorAll('[data-diagram][data-shown]')].every(
                    each => each.querySelector('.djs-element') || !each.querySelector('svg'))"""
        )

    def violations(self):
        """What axe finds on the present page."""
        return axe(self.page)

    def violations_in_both_views(self):
        """What axe finds on the present page at a desk, and on a phone in the dark scheme."""
        found = axe(self.page)
        desk = self.page.viewport_size
        self.page.set_viewport_size({"width": 390, "height": 900})
        # Without motion the colours have changed when they are looked at.
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        self.settle()
        found += axe(self.page)
        self.page.set_viewport_size(desk)
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        return found

    def open_task_of(self, subject):
        """Open the inbox's task about ``subject``."""
        self.page.goto("/inbox?view=groups&q=" + subject.replace(" ", "+"))
        self.page.goto(self.page.locator("[data-item] a.title").first.get_attribute("href"))

    def open_task(self, case):
        """Open the task of a case that is this person's to do, once the workers have made it."""
        deadline = time.monotonic() + 30
        while True:
            self.page.goto(case)
            tasks = self.page.locator(".work-row.plain a.title")
            for address in [task.get_attribute("href") for task in tasks.all()]:
                self.page.goto(address)
                if self.page.locator(".decision-bar").count():
                    return
            assert time.monotonic() < deadline, f"{case} has no task for {self.name}"
            time.sleep(0.3)

    def decide(self, outcome, reason=None):
        if reason is not None:
            self.page.locator(f"details:has(button[value={outcome}]) > summary").click()
            self.page.fill(f"textarea[name=reason_{outcome}]", reason)
        with self.page.expect_navigation():
            self.page.locator(f"button[name=outcome][value={outcome}]").click()


def axe(page):
    """The violations of WCAG A and AA that axe finds, each with the elements concerned."""
    if not page.evaluate("'axe' in window"):
        # Evaluated by the debugger, so the content security policy stays as it is for the page.
        page.evaluate(AXE.read_text())
    # What it would preload are style sheets and media, which no rule of these looks at.
    found = page.evaluate(
        """rules => axe.run(document, {
            runOnly: rules, resultTypes: ['violations'], preload: false,
        })""",
        AXE_RULES,
    )
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
        # The foreign watermark of the diagram viewer must stay as it is (its licence).
        if "bjs-powered-by" not in node["html"]
    ]


def fill_draft(page, studied, recognised):
    """Fill the student's editor: components, then every field of the agreement."""
    for part, rows in (("studied", studied), ("recognised", recognised)):
        for number, (title, ects) in enumerate(rows):
            if page.locator(f"input[name='{part}.{number}.title']").count() == 0:
                page.locator(f"#f-{part} [data-add-row]").click()
            page.fill(f"input[name='{part}.{number}.title']", title)
            page.fill(f"input[name='{part}.{number}.credits.0.value']", ects)
    for name, value in DRAFT.items():
        field = page.locator(f"#f-{name}")
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def reload_until(visitor, text):
    """The worker does its part in the background: look again until it has."""
    deadline = time.monotonic() + 30
    while text not in visitor.page.locator("main").inner_text():
        assert time.monotonic() < deadline, f"the page never said {text}"
        time.sleep(0.3)
        visitor.page.reload()


def partner_links(server, contact):
    """Every link that was mailed to ``contact`` so far, the newest first."""
    with sqlite3.connect(server.data_dir / "passerelle.sqlite3") as connection:
        bodies = connection.execute(
            'SELECT body FROM mail_message WHERE "to" LIKE ? ORDER BY id DESC', (f"%{contact}%",)
        ).fetchall()
    found = (re.search(r"/partner/([\w.\-]+)", body) for (body,) in bodies)
    return [link[0] for link in found if link]


def partner_link(server, contact, seen=()):
    """The newest link mailed to ``contact`` that is not among ``seen``."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for link in partner_links(server, contact):
            if link not in seen:
                return link
        time.sleep(0.3)
    raise AssertionError(f"no mail with a link came to {contact}")
