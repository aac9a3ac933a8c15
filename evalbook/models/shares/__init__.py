"""Proportions with Wilson intervals, standardised differences, cross-sections and transitions."""
