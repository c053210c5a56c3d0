"""History: recorder, chain, queries."""
