"""Kaplan-Meier, log-rank, Cox, discrete-time hazards and competing risks."""
