"""nychance: from register extract to bilingual evaluation report."""

__version__ = "0.1.0"
