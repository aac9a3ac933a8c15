"""Shares of the target group by role, municipality and other groups, protected."""
