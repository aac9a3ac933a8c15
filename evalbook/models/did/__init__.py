"""Difference-in-differences, event studies, synthetic controls and robustness."""
