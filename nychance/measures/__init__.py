"""Measures: pure functions from tables to figures."""
