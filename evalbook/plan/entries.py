"""Which entries of the plan are used, so that a change of the others concerns nobody.

A use is a question to the plan: the name of a field, or of a method with its arguments. It can be
put again later; the same answer means that nothing changed.
"""

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from pydantic import BaseModel

from evalbook.errors import EvalbookError
from evalbook.text.language import Text

# The name, and the arguments as JSON: a checkpoint is `{"checkpoint": "2008-03"}`.
Question = list[Any]
# Methods that are questions: the field that they look at, and what they ask for.
ASKED: Final = {
    "theme": ("themes", "theme {}"),
    "checkpoint": ("checkpoints", "checkpoint {}"),
    "before": ("checkpoints", "the checkpoint before {}"),
    "after": ("checkpoints", "the checkpoint after {}"),
    "until": ("checkpoints", "the checkpoints until {}"),
    "first_with": ("checkpoints", "the first checkpoint with {}"),
    "name_of": ("", "the name of {}"),
    "begins": ("checkpoints", "the checkpoint after {} with {}"),
}
# The question for a field as it is at a checkpoint.
ENTRY: Final = "entry"
P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)
_observers: list[Callable[[Question], None]] = []
_answering: ContextVar[bool] = ContextVar("answering", default=False)


def observe(observer: Callable[[Question], None]) -> None:
    """Tell an observer of each use of the plan, from now to the end of this process."""
    _observers.append(observer)


def used(name: str, *arguments: object) -> None:
    """Tell the observers of a use, unless it is part of another."""
    if _observers and not _answering.get():
        asked = [name, *map(_written, arguments)]
        for observer in _observers:
            observer(asked)


def question(
    method: Callable[Concatenate[M, P], R],
) -> Callable[Concatenate[M, P], R]:
    """Make a method one question: what it looks at by itself is not noted."""

    def asked(self: M, /, *arguments: P.args, **options: P.kwargs) -> R:
        used(method.__name__, *arguments, *options.values())
        with part():
            return method(self, *arguments, **options)

    return functools.update_wrapper(asked, method)


def answer(plan: Any, asked: Question) -> str:
    """Return a digest of the plan's present answer to a question."""
    name, *arguments = asked
    with part():
        try:
            found = getattr(plan, name)
            if callable(found):
                found = found(*(_read(plan, each) for each in arguments))
        except (AttributeError, EvalbookError) as error:
            return type(error).__name__
        return sha256(json.dumps(_plain(found, plan.languages)).encode()).hexdigest()


def label(plan: Any, asked: Question) -> str:
    """Return what a question is about, and the file that it is in, as messages name it."""
    name, *arguments = asked
    if name == ENTRY:
        # It is the same field, whenever it is looked at.
        name = arguments[0]
    field, words = ASKED.get(name, (name, name))
    about = words.format(
        *(each["checkpoint"] if isinstance(each, dict) else each for each in arguments)
    )
    return f"{about} in data/plan/{plan.places.get(field, Path())}"


def _written(argument: object) -> object:
    month = getattr(argument, "month", None)
    return argument if month is None else {"checkpoint": month}


def _read(plan: Any, argument: Any) -> Any:
    return plan.checkpoint(argument["checkpoint"]) if isinstance(argument, dict) else argument


def _plain(value: Any, languages: tuple[str, ...]) -> Any:
    if isinstance(value, Text):
        return [value[language] for language in languages]
    if isinstance(value, BaseModel):
        extra = value.model_extra or {}
        fields = {
            name: _plain(getattr(value, name), languages) for name in type(value).model_fields
        }
        return fields | extra
    if isinstance(value, tuple | list):
        return [_plain(each, languages) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each, languages) for key, each in value.items()}
    return value if isinstance(value, int | float | str | None) else str(value)


@contextmanager
def part() -> Iterator[None]:
    """Within it, uses of the plan are part of another, which has been noted."""
    token = _answering.set(True)
    try:
        yield
    finally:
        _answering.reset(token)
