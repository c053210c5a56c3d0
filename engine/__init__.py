"""The BPM engine: the only surface other packages import.

It knows no mobility and no HTTP. What plugs into it is declared in
:mod:`engine.registry`, what it stores in :mod:`engine.tables`.
"""

from __future__ import annotations

from engine.clock import Clock, FixedClock, SystemClock
from engine.database import Database
from engine.definitions import Bundle, Problem, Severity
from engine.engine import Engine
from engine.errors import (
    Conflict,
    DeploymentRejected,
    EngineError,
    Erased,
    ExecutionError,
    ExpressionError,
    Forbidden,
    InvalidInput,
    InvalidState,
    NotFound,
    Retired,
)
from engine.history.findings import Fault, Findings, Wrong
from engine.identity import SYSTEM, Actor, Replaced
from engine.migration.cases import Selection
from engine.migration.orders import Order, OrderStatus, Staying
from engine.migration.preview import Preview
from engine.migration.route import Route
from engine.migration.verdicts import Reason, Verdict, Way
from engine.registry import (
    Job,
    JobContext,
    Performer,
    Registry,
    Service,
    TaskContext,
    TaskHandler,
)
from engine.runtime.deployed import Definition
from engine.runtime.drafts import Draft
from engine.runtime.publications import PlannedPublication
from engine.runtime.retirements import Retirement
from engine.runtime.work_items import TakeBack
from engine.unit import Unit
from engine.values import (
    Comment,
    Completed,
    Delivery,
    HistoryEvent,
    InboxCounts,
    InboxQuery,
    Incident,
    Instance,
    InstanceQuery,
    InstanceStatus,
    Labels,
    Page,
    SeatState,
    Started,
    Value,
    Version,
    WorkItem,
    WorkItemStatus,
)

__all__ = [
    "SYSTEM",
    "Actor",
    "Bundle",
    "Clock",
    "Comment",
    "Completed",
    "Conflict",
    "Database",
    "Definition",
    "Delivery",
    "DeploymentRejected",
    "Draft",
    "Engine",
    "EngineError",
    "Erased",
    "ExecutionError",
    "ExpressionError",
    "Fault",
    "Findings",
    "FixedClock",
    "Forbidden",
    "HistoryEvent",
    "InboxCounts",
    "InboxQuery",
    "Incident",
    "Instance",
    "InstanceQuery",
    "InstanceStatus",
    "InvalidInput",
    "InvalidState",
    "Job",
    "JobContext",
    "Labels",
    "NotFound",
    "Order",
    "OrderStatus",
    "Page",
    "Performer",
    "PlannedPublication",
    "Preview",
    "Problem",
    "Reason",
    "Registry",
    "Replaced",
    "Retired",
    "Retirement",
    "Route",
    "SeatState",
    "Selection",
    "Service",
    "Severity",
    "Started",
    "Staying",
    "SystemClock",
    "TakeBack",
    "TaskContext",
    "TaskHandler",
    "Unit",
    "Value",
    "Verdict",
    "Version",
    "Way",
    "WorkItem",
    "WorkItemStatus",
    "Wrong",
]
