"""Public figures of the 98 municipalities: tables, indicators, boundaries and StatBank."""
