"""Migration: running cases move from one version of their process to another."""
