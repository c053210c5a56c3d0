"""The first text of a decision table."""

from __future__ import annotations

_BLANK = """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
    id="{id}_definitions" name="{id}" namespace="urn:passerelle:{id}">
  <decision id="{id}" name="{id}">
    <decisionTable id="{id}_table" hitPolicy="FIRST">
      <output id="{id}_result" name="result" typeRef="string" />
      <rule id="{id}_otherwise">
        <outputEntry id="{id}_otherwise_result"><text>null</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""


def blank_decision(identifier: str) -> bytes:
    """A table without a column to test and with one result, which is null: deployable as it is."""
    return _BLANK.format(id=identifier).encode()
