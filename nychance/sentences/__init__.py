"""Sentences and tables for readers, made from results."""
