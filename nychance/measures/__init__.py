"""Measures: pure functions that compute results from the register."""
