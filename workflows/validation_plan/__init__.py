"""The plan de validation d'études internationales: studies outside the Erasmus programme."""
