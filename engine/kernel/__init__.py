"""The kernel: runs BPMN processes, and is the only room that knows SpiffWorkflow."""

from __future__ import annotations

from engine.kernel.compiler import compile_process
from engine.kernel.interface import Evaluator, Thrown, Wait, WaitKind
from engine.kernel.process import Executable
from engine.kernel.run import Run
from engine.kernel.supported import SUPPORTED_ELEMENTS

__all__ = [
    "SUPPORTED_ELEMENTS",
    "Evaluator",
    "Executable",
    "Run",
    "Thrown",
    "Wait",
    "WaitKind",
    "compile_process",
]
