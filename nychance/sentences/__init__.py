"""Sentences made from results."""
