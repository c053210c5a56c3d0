"""Correspondence on a case: between coordinator, international office, student and partner."""
