"""Inference with few clusters: wild cluster bootstrap, randomisation tests, multiplicity."""
