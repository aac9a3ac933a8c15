"""Difference-in-differences, event studies, group-time effects, synthetic control and specification curves."""
