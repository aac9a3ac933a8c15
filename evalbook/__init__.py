"""Notebooks, checkpoints and languages made into one protected, reproducible report."""

__version__ = "0.1.0"
