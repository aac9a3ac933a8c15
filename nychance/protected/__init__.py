"""Shares of the target group by role, municipality and other groups, after disclosure control."""
