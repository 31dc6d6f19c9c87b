"""Collect .plan files directly (`pytest plans/`)."""
