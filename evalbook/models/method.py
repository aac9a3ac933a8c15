"""How a published number is worked out, declared once beside the function that does it.

The declaration is printed wherever the number is: in the data file, in the methods chapter and in
the reference of measures.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import update_wrapper
from typing import Final, Generic, ParamSpec, TypeVar

from evalbook.text.catalogue import tr
from evalbook.text.language import Language, Text

P = ParamSpec("P")
R = TypeVar("R")

PERSONS: Final = tr("persons")
UNITS: Final = tr("units, each with one value")
RECORDS: Final = tr("entries of a list")
WILSON: Final = tr("Wilson's score interval (1927; method 3 of Newcombe 1998)")
RATIO: Final = tr(
    "ratio estimator, persons as units (Cochran 1977), Student's t on the logit scale"
)
# What a table carries under this name says how it was made.
METHOD: Final = "method"
NO_INTERVAL: Final = tr("none: everything is counted")


@dataclass(frozen=True)
class Method:
    """What a function works out, and how.

    Attributes
    ----------
    name : Text
        What is printed beside a number.
    formula : Text
        In words and signs, as a reader of a table's note takes it in.
    unit : Text
        The unit of analysis.
    interval : Text
        How the interval is made.
    source : Text or str
        Where the definition or the estimator comes from; a work is cited alike in all languages.
    function : str
        The function's full name.
    """

    name: Text
    formula: Text
    unit: Text
    interval: Text
    source: Text | str
    function: str = ""

    # pandas copies what a table carries with each operation.
    def __deepcopy__(self, memo: object) -> "Method":
        return self

    def within(self, languages: Iterable[Language]) -> dict[str, dict[Language, str]]:
        """Return it in words, as results hold it."""
        texts = {"name": self.name, "formula": self.formula, "unit": self.unit}
        said = {key: text.within(languages) for key, text in texts.items()}
        source = self.source if isinstance(self.source, Text) else Text.same(self.source)
        return {
            **said,
            "interval": self.interval.within(languages),
            "source": source.within(languages),
        }


class Declared(Generic[P, R]):
    """A function with its declared method; it knows whether it has been called."""

    def __init__(self, function: Callable[P, R], method: Method) -> None:
        update_wrapper(self, function)
        self.method = replace(method, function=f"{function.__module__}.{function.__qualname__}")
        self.called = False
        self._function = function

    def __call__(self, *arguments: P.args, **options: P.kwargs) -> R:
        """Call the function."""
        self.called = True
        result = self._function(*arguments, **options)
        # A table knows how it was made; pandas keeps that through filters and the like.
        if isinstance(attributes := getattr(result, "attrs", None), dict):
            attributes.setdefault(METHOD, self.method)
        return result


def method(
    name: Text,
    *,
    formula: Text,
    unit: Text = PERSONS,
    interval: Text = NO_INTERVAL,
    source: Text | str,
) -> Callable[[Callable[P, R]], Declared[P, R]]:
    """Return a decorator that declares how a function works its results out; see `Method`."""

    def declare(function: Callable[P, R]) -> Declared[P, R]:
        return Declared(function, Method(name, formula, unit, interval, source))

    return declare


def declared_in(module: object) -> Iterator[Method]:
    """Yield the methods that a module declares, in the order of their definition."""
    for found in vars(module).values():
        if isinstance(found, Declared) and found.__module__ == getattr(module, "__name__", ""):
            yield found.method
