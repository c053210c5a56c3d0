"""The auditors' room: proof that the record is what was written."""
