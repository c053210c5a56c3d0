"""The seam to SpiffWorkflow 3.2: the only module that imports it.

SpiffWorkflow carries the tokens: a workflow owns a forest of tasks, a task goes
FUTURE, then WAITING, READY or STARTED, then COMPLETED or CANCELLED, and a task
spec answers at each change (``_update_hook`` when a token arrives, ``_run_hook``
when it runs, ``_on_complete_hook`` when it leaves). This package replaces what
SpiffWorkflow gets wrong or slow by subclassing those hooks.

The library has no type information. What is used of it is declared here for
the type checker, so that every other module is checked strictly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class Task:
        """A token at one node, or the trace of one."""

        id: int
        triggered: bool
        internal_data: dict[str, Any]
        last_state_change: float
        thread_id: int
        _parent: int | None
        _children: list[int]
        _state: int

        def run(self) -> bool | None:
            """Run a READY task and complete it unless its spec says to wait."""

        def complete(self) -> None:
            """Complete the task and update its children."""

    class WorkflowSpec:
        """The nodes of one process, by name."""

        name: str
        task_specs: dict[str, Any]

        def __init__(self, name: str, filename: str | None = None) -> None: ...

    class BpmnTaskSpec:
        """One node of a process."""

        name: str
        manual: bool
        bpmn_id: str | None
        _inputs: list[str]
        _outputs: list[str]

        def __init__(self, wf_spec: WorkflowSpec, name: str, **kwargs: Any) -> None: ...

        def connect(self, taskspec: BpmnTaskSpec) -> None:
            """Let tokens go from this node to another."""

        def _update(self, my_task: Any) -> None: ...

        def _run(self, my_task: Any) -> bool | None: ...

    class _Workflow:
        tasks: dict[int, Any]
        spec: Any
        data: dict[str, Any]
        completed: bool
        success: bool

    class BpmnWorkflow(_Workflow):
        """A running process instance."""

        subprocesses: dict[int, Any]

        def __init__(
            self,
            spec: WorkflowSpec,
            subprocess_specs: Any = None,
            script_engine: Any = None,
            **kwargs: Any,
        ) -> None: ...

    class BpmnSubWorkflow(_Workflow):
        """A running subprocess or called process."""

        parent_task_id: int

        def __init__(
            self, spec: WorkflowSpec, parent_task_id: int, top_workflow: Any, **kwargs: Any
        ) -> None: ...

    class TaskState:
        """The states of a task, each one bit."""

        FUTURE: int
        WAITING: int
        READY: int
        STARTED: int
        COMPLETED: int
        ERROR: int
        CANCELLED: int

else:
    from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
    from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.specs import WorkflowSpec
    from SpiffWorkflow.task import Task
    from SpiffWorkflow.util.task import TaskState

__all__ = [
    "CANCELLED",
    "COMPLETED",
    "FUTURE",
    "READY",
    "STARTED",
    "WAITING",
    "BpmnSubWorkflow",
    "BpmnTaskSpec",
    "BpmnWorkflow",
    "Task",
    "WorkflowSpec",
]

FUTURE = TaskState.FUTURE
WAITING = TaskState.WAITING
READY = TaskState.READY
STARTED = TaskState.STARTED
COMPLETED = TaskState.COMPLETED
CANCELLED = TaskState.CANCELLED
