"""The history as files for others: tables, process mining, other systems."""
