"""No template says anything that is not marked for translation."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from web import app

TEMPLATES = Path(app.__file__).parent / "templates"
FILES = tuple(TEMPLATES.rglob("*.html"))
LEXER = Environment(autoescape=True)
TRANS = re.compile(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", re.DOTALL)
READ_ALOUD = {"title", "aria-label", "placeholder", "alt"}
WORD = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTE = re.compile(r'[\w-]+="[^"]*"')
"""Of a tag that a macro puts together; where it is read aloud, its text is an expression."""

SAME_EVERYWHERE = {"ECTS", "PDF", "Passerelle", "CEFR", "ABI", "ABJ"} | {
    *("français", "English", "español", "Deutsch", "italiano", "português", "svenska", "polski")
}
"""What is written alike in the three languages; a language is named in itself."""

ATTRIBUTES_ALONE = {"grade_transfer/_grid_data.html"}
"""Templates put into a tag."""


class Texts(HTMLParser):
    """Collects what a reader sees or hears of a page: text, and the attributes read aloud."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}
        self.found += [value or "" for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.found.append(ATTRIBUTE.sub(" ", data))


def unmarked(source):
    """The words of a template that no translator gets to see."""
    texts = Texts()
    tokens = LEXER.lex(TRANS.sub(" ", source))
    texts.feed(" ".join(value for _line, kind, value in tokens if kind == "data"))
    texts.close()
    words = {word for text in texts.found for word in WORD.findall(text)}
    return sorted(words - SAME_EVERYWHERE)


@pytest.mark.parametrize(
    "path",
    sorted(
        {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")} - ATTRIBUTES_ALONE
    ),
)
def test_a_template_says_nothing_of_its_own(path):
    assert unmarked((TEMPLATES / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{{ _('Hello') }}</p>", []),
        ("<p>{% trans %}Hello{% endtrans %}</p>", []),
        ("<p>{{ name }}, hello</p>", ["hello"]),
        ('<a title="Open it" href="x">{{ name }}</a>', ["Open", "it"]),
        ("<script>const name = 1;</script>", []),
        ("<td>6 ECTS</td>", []),
    ],
)
def test_the_scan_itself(source, words):
    assert unmarked(source) == words
