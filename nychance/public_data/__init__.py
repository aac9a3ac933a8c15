"""Public figures of the 98 municipalities: tables, indicators, framework conditions, boundaries, StatBank."""
