"""The programme Ny chance til minoriteter med markante behov, on the report engine `evalbook`."""

from pathlib import Path
from typing import Final

from evalbook.text.catalogue import Translator

tr: Final = Translator.of(Path(__file__).parent)
# The unit of analysis of comparisons.
MUNICIPALITIES: Final = tr("municipalities")
