"""Projects and codebooks in the exchange format REFI-QDA 1.5 (`.qdpx`, `.qdc`), read and written.

The format is that of the Rotterdam Exchange Format Initiative (www.qdasoftware.org), read from its
specification and its XML schema of 18 March 2019. What a project holds beyond what this package
understands stays in its XML tree and is written back.
"""

from evalbook.qualitative.refi.model import (
    Case,
    Code,
    Coding,
    Edge,
    Graph,
    Link,
    Note,
    Project,
    Selection,
    Set,
    SourceText,
    User,
    Variable,
)
from evalbook.qualitative.refi.read import read_codebook, read_project
from evalbook.qualitative.refi.write import build_project, write_codebook, write_project

__all__ = [
    "Case",
    "Code",
    "Coding",
    "Edge",
    "Graph",
    "Link",
    "Note",
    "Project",
    "Selection",
    "Set",
    "SourceText",
    "User",
    "Variable",
    "build_project",
    "read_codebook",
    "read_project",
    "write_codebook",
    "write_project",
]
