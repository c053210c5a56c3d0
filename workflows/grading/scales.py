"""The grading scales the product knows, read from ``scales.json`` beside this file.

Sources: France 0 to 20; Germany 1.0 to 4.0, 5.0 fails; Spain 0 to 10 with the words of the
Real Decreto 1125/2003; Italy 18 to 30 with honours; United Kingdom 0 to 100 with its
classes; Sweden, which has no national scale, in the four its universities use. ``FR-V`` and
``SE-UG`` only say passed or failed. ``ECTS`` are the letters that several countries use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from engine.errors import InvalidInput
from workflows.grading.values import Band, Direction, Scale

HOME = "FR"
"""The scale of this university's own grades, where a course says nothing else."""


def scale_of(code: str, field: str = "scale") -> Scale:
    """The scale with that code; raises InvalidInput at ``field`` for one nobody knows."""
    found = SCALES.get(code)
    if found is None:
        raise InvalidInput({field: ["unknown_scale"]})
    return found


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _scale(code: str, said: Mapping[str, Any]) -> Scale:
    direction = Direction(said["dir"])
    ends = (_decimal(said.get("max")), _decimal(said.get("min")))
    return Scale(
        code=code,
        direction=direction,
        labels=tuple(said.get("labels", ())),
        failing=tuple(said.get("fail", ())),
        best=_decimal(said.get("best")) or ends[0],
        worst=_decimal(said.get("worst")) or ends[1],
        pass_mark=_decimal(said.get("pass")),
        step=_decimal(said.get("step")),
        bands=tuple(
            Band(label, Decimal(str(low)), Decimal(str(high)))
            for label, (low, high) in said.get("bands", {}).items()
        ),
        equivalents=tuple(
            (label, Decimal(str(value))) for label, value in said.get("equivalents", {}).items()
        ),
        graded=bool(said.get("graded", True)),
    )


def _read() -> Mapping[str, Scale]:
    text = resources.files("workflows.grading").joinpath("scales.json").read_text("utf-8")
    return {code: _scale(code, said) for code, said in json.loads(text).items()}


SCALES: Mapping[str, Scale] = _read()
"""Every scale by its code."""
