"""The kernel: runs BPMN processes, and is the only room that knows SpiffWorkflow."""

from __future__ import annotations

from engine.kernel.compiler import compile_process
from engine.kernel.interface import Evaluator, Thrown, Wait, WaitKind
from engine.kernel.process import Executable
from engine.kernel.run import Run
from engine.kernel.standing import Position, Standing, position_of, renamed
from engine.kernel.supported import SUPPORTED_ELEMENTS

__all__ = [
    "SUPPORTED_ELEMENTS",
    "Evaluator",
    "Executable",
    "Position",
    "Run",
    "Standing",
    "Thrown",
    "Wait",
    "WaitKind",
    "compile_process",
    "position_of",
    "renamed",
]
