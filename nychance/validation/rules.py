"""All rules, in the order in which issues are listed."""

from typing import Final

from nychance.validation import joins, mapping, people, record_tables, table_files, weekly
from nychance.validation.issue import Rule

MODULES: Final = (table_files, joins, weekly, people, record_tables, mapping)
RULES: Final = tuple(
    found for module in MODULES for found in vars(module).values() if isinstance(found, Rule)
)
