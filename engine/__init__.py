"""The BPM engine."""
