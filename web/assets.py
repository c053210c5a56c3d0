"""Where the built assets are: reads the manifest that the asset build leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import orjson
from flask import Flask, url_for
from markupsafe import Markup

DIST = Path(__file__).parent / "static" / "dist"


class Assets:
    """The file names of one asset build; they carry digests, so they may be cached for ever."""

    def __init__(self, dist: Path = DIST) -> None:
        manifest = dist / "manifest.json"
        if not manifest.is_file():
            raise RuntimeError(
                "The assets are not built: run `python web/frontend/hatch_build.py` once."
            )
        self._entries = cast("dict[str, dict[str, Any]]", orjson.loads(manifest.read_bytes()))
        site = self._entry("site")
        self.script: str = site["file"]
        self.styles: list[str] = site["css"]
        self.icons: str = orjson.loads((dist / "icons.json").read_bytes())["file"]

    def _entry(self, name: str) -> dict[str, Any]:
        return next(
            entry
            for entry in self._entries.values()
            if entry.get("isEntry") and entry.get("name") == name
        )

    def scripts_of(self, name: str) -> list[str]:
        """The scripts that a page's own entry loads at once: its imports, itself last."""
        return list(dict.fromkeys(each["file"] for each in self._with_imports(self._entry(name))))

    def script_of(self, name: str) -> str:
        """The script of a page's own entry."""
        return str(self._entry(name)["file"])

    def styles_of(self, name: str) -> list[str]:
        """The styles of a page's own entry, after those of what it imports."""
        found = self._with_imports(self._entry(name))
        return list(dict.fromkeys(file for each in found for file in each.get("css", ())))

    def _with_imports(self, entry: dict[str, Any]) -> list[dict[str, Any]]:
        below = [self._with_imports(self._entries[each]) for each in entry.get("imports", ())]
        return [*(each for entries in below for each in entries), entry]

    def icon(self, name: str) -> Markup:
        """The icon ``name`` of the sprite, hidden from screen readers: a label stands beside it."""
        source = url_for("static", filename=f"dist/{self.icons}")
        return Markup(
            '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
        ).format(source, name)


def init_app(app: Flask) -> None:
    """Offer ``assets`` and ``icon`` to the templates and let browsers keep hashed files."""
    assets = Assets()
    app.jinja_env.globals["assets"] = assets
    app.jinja_env.globals["icon"] = assets.icon
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000
