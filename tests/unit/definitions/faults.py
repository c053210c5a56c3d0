"""One faulty bundle or more for every code that lint can emit."""

from tests.unit.definitions import faults_elements, faults_events, faults_files, faults_tasks
from tests.unit.definitions.faulty import Row

FAULTS: list[Row] = [
    *faults_files.READING,
    *faults_files.BUNDLE,
    *faults_files.STRUCTURE,
    *faults_elements.REFUSED,
    *faults_elements.IDENTIFIERS,
    *faults_elements.FLOW,
    *faults_events.EVENTS,
    *faults_tasks.ACTIVITIES,
    *faults_tasks.PEOPLE,
    *faults_tasks.DATA,
]
