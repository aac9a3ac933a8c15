"""Entropy balancing of units on covariates."""
