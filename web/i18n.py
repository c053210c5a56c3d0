"""Languages: which one a page speaks, and the catalogues it takes its words from.

Message ids are English; French and Spanish live in ``translations`` as .po
files, read at start, so that no compiled file can be stale. The language is
the one a person chose, else the browser's, else French.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request, session
from flask_babel import Babel, Domain, get_locale

from workflows.typography import unbroken

LANGUAGES = ("fr", "en", "es")
DEFAULT = "fr"
TRANSLATIONS = Path(__file__).parent / "translations"


class PoDomain(Domain):  # type: ignore[misc]  # flask-babel carries no types
    """Translations read straight from the .po files."""

    def __init__(self, folder: Path = TRANSLATIONS) -> None:
        super().__init__()
        self._catalogues = {language: load(folder, language) for language in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        """The catalogue of the request's language; English needs none."""
        return self._catalogues[language()]


@cache
def load(folder: Path, language: str) -> NullTranslations:
    """The catalogue of ``language`` under ``folder``; ids stand for themselves in English.

    Each lifecycle may keep its texts in a .po file of its own; together they are one. They are
    read once a process.
    """
    catalogue = Catalog(locale=language)
    for source in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
        with source.open("rb") as stream:
            own = read_po(stream, locale=language)
        # How many plurals there are is for the files to say: releases of the CLDR differ.
        catalogue.mime_headers = own.mime_headers
        for message in own:
            if message.id:
                if language == "fr":
                    message.string = _french(message.string)
                catalogue[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _french(said: Any) -> Any:
    """A text, or the forms of a plural, as babel holds them."""
    return unbroken(said) if isinstance(said, str) else tuple(map(unbroken, said))


def language() -> str:
    """The language of the current request: ``fr``, ``en`` or ``es``; French outside requests."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT


def choose_language() -> str:
    """What the session says, else the signed-in person, else the browser, else French."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    viewer = g.get("viewer")
    if viewer is not None and viewer.locale in LANGUAGES:
        return str(viewer.locale)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT


def translated(names: Mapping[str, str] | str) -> str:
    """The entry of ``names`` in the request's language, else French, else any that is there."""
    if isinstance(names, str):
        return names
    return names.get(language()) or names.get(DEFAULT) or next(iter(names.values()), "")


def init_app(app: Flask) -> None:
    """Bind Babel to the application, with times shown in French legal time."""
    babel = Babel()
    babel.init_app(
        app,
        default_locale=DEFAULT,
        default_timezone="Europe/Paris",
        locale_selector=choose_language,
    )
    # Babel's own domain looks for compiled files; ours reads the sources.
    babel.domain_instance = PoDomain()
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters["translated"] = translated
