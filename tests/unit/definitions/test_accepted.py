"""What the kernel executes is accepted, and what is accepted the kernel compiles."""

import pytest

from engine.definitions import Severity, describe, lint
from engine.kernel import compile_process
from engine.kernel.supported import SUPPORTED_ELEMENTS
from tests.unit.definitions.accepted import accepted
from tests.unit.definitions.diagrams import catalogue


@pytest.mark.parametrize("key", SUPPORTED_ELEMENTS)
def test_a_supported_element_is_accepted(key):
    bundle = accepted(key)
    element = key.partition(":")[0]
    assert f"bpmn:{element}".encode() in bundle.files["main.bpmn"]
    errors = [each for each in lint(bundle, catalogue()) if each.severity is Severity.ERROR]
    assert errors == []


@pytest.mark.parametrize("key", SUPPORTED_ELEMENTS)
def test_the_kernel_compiles_what_is_accepted(key):
    model = describe(accepted(key))
    compile_process(model.normalized, model.process_id)
