"""Every text of the pages exists in French and Spanish, and says the same values."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from web import i18n
from workflows.typography import FRENCH_SPACE, unbroken

WEB = Path(i18n.__file__).parent
KEYWORDS = {
    "_": None, "gettext": None, "lazy": None, "lazy_gettext": None, "ngettext": (1, 2),
}  # fmt: skip
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def messages():
    """Every message id of the sources; plural ones as pairs."""
    found = extract_from_dir(str(WEB), METHODS, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found}


@pytest.fixture(scope="module", params=["fr", "es"])
def files(request):
    """The catalogues of one language, by the name of their file."""
    found = {}
    for path in sorted((i18n.TRANSLATIONS / request.param / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as stream:
            found[path.name] = read_po(stream, locale=request.param)
    return found


@pytest.fixture(scope="module")
def catalogue(files):
    """All of them as one."""
    together = Catalog()
    for each in files.values():
        for message in each:
            together[message.id] = message
    return together


def test_no_text_is_translated_twice(files):
    ids = [(message.id, name) for name, each in files.items() for message in each if message.id]
    first = {}
    assert [
        (id_, first[id_], name) for id_, name in ids if first.setdefault(id_, name) != name
    ] == []


def test_every_lifecycle_speaks_both_languages():
    names = [
        {path.name for path in (i18n.TRANSLATIONS / language / "LC_MESSAGES").glob("*.po")}
        for language in ("fr", "es")
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize("number", [0, 1, 2, 17, 1_000_000])
def test_numbers_of_any_size_have_their_words(files, catalogue, number):
    (language,) = {each.locale.language for each in files.values()}
    spoken = i18n.load(i18n.TRANSLATIONS, language)
    plurals = [entry for entry in catalogue if isinstance(entry.id, tuple)]
    assert len(plurals) > 20
    forms = {e.id: {text for each in e.string for text in (each, unbroken(each))} for e in plurals}
    assert [id_ for id_ in forms if spoken.ngettext(*id_, number) not in forms[id_]] == []


def test_no_french_line_breaks_before_its_punctuation():
    assert unbroken("Rien : « ici » ? Non ; là ! Art. L. 311-3-1") == (
        "Rien\u00a0: «\u00a0ici\u00a0»\u00a0? Non\u00a0; là\u00a0! Art. L.\u00a0311-3-1"
    )
    spoken = i18n.load(i18n.TRANSLATIONS, "fr")
    texts = [text for text in spoken._catalog.values() if FRENCH_SPACE.search(text)]
    assert texts == []


def test_no_template_puts_an_english_colon_after_a_label():
    bare = re.compile(r'(?:\}\}|%\}|</\w+>|visually-hidden">):(?=[ <])')
    sources = (WEB / "templates").rglob("*.html")
    assert [path.name for path in sources if bare.search(path.read_text())] == []


def test_every_file_says_how_many_plurals_there_are(files):
    rules = {name: dict(each.mime_headers).get("Plural-Forms") for name, each in files.items()}
    sources = {path.name: path.read_text() for path in i18n.TRANSLATIONS.rglob("*.po")}
    assert [name for name in rules if "Plural-Forms" not in sources[name]] == []
    assert len(set(rules.values())) == 1


def test_there_are_messages(messages):
    assert len(messages) > 300


def test_nothing_is_missing(messages, catalogue):
    missing = []
    for message in messages:
        single = message[0] if isinstance(message, tuple) else message
        entry = catalogue.get(single)
        texts = entry.string if entry and isinstance(entry.string, tuple) else ()
        if entry is None or not (all(texts) if texts else entry.string) or entry.fuzzy:
            missing.append(single)
    assert missing == []


def test_nothing_is_left_over(messages, catalogue):
    used = {message[0] if isinstance(message, tuple) else message for message in messages}
    known = {e.id[0] if isinstance(e.id, tuple) else e.id for e in catalogue if e.id}
    assert known - used == set()


def test_translations_hold_the_same_values(catalogue):
    wrong = []
    for entry in catalogue:
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        expected = set(PLACEHOLDER.findall(ids[-1]))
        wrong += [text for text in texts if entry.id and set(PLACEHOLDER.findall(text)) != expected]
    assert wrong == []
