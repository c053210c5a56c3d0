"""The demonstration: a university year of invented people, made by running the processes."""

from __future__ import annotations

from workflows.demo.loading import FULL, SIZES, SMALL, load
from workflows.demo.people import PASSWORD

__all__ = ["FULL", "PASSWORD", "SIZES", "SMALL", "load"]
