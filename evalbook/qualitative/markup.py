"""XML from elsewhere: parsed without document types, entities, network or other files."""

from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from lxml import etree

from evalbook.errors import DataError

SAVE_AGAIN: Final = (
    "Export the file again; the exchange format needs neither a document type nor entities, "
    "and is UTF-8"
)


class _DocumentTypeError(Exception):
    pass


def parse(content: bytes, where: str | Path) -> "etree._Element":
    """Parse XML.

    Parameters
    ----------
    content : bytes
        The file.
    where : str or Path
        What to call it in a message.

    Raises
    ------
    DataError
        If it declares a document type (the door to entity expansion and to other files), is not
        well formed, or is not encoded as it says.
    """
    _refuse_document_type(content, where)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_blank_text=False,
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DataError(f"not well-formed XML ({error})", where=where, remedy=SAVE_AGAIN) from error


def _refuse_document_type(content: bytes, where: str | Path) -> None:
    # Expat reads as a stream and so stops at the declaration, before anything of it is expanded.
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _raise
    try:
        parser.Parse(content, True)
    except _DocumentTypeError as error:
        raise DataError(
            "the XML declares a document type, which is refused", where=where, remedy=SAVE_AGAIN
        ) from error
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise DataError(f"not well-formed XML ({error})", where=where, remedy=SAVE_AGAIN) from error


def _raise(*_: Any) -> None:
    raise _DocumentTypeError
