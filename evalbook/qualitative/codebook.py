"""The codes that the report counts and their themes.

Who was asked; and what projects call the rest: `material/material.yml`.
"""

from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from evalbook.qualitative.records import Record, checked, content, folder
from evalbook.qualitative.refi.model import Code
from evalbook.text.language import Text

NAME: Final = "material.yml"
Side = Literal["system", "person", "workplace"]


class Entry(Record):
    """A code or role with a name in each language; `also` lists its names in projects."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, str]
    key: str
    theme: str = ""
    also: tuple[str, ...] = ()

    @property
    def name(self) -> Text:
        """The name."""
        return Text(**self.__pydantic_extra__)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, in lower case."""
        return tuple(
            name.casefold() for name in (self.key, *self.__pydantic_extra__.values(), *self.also)
        )


class Codebook(Record):
    """Which files are read.

    Codes with their themes, roles, what variables are called, partners' sides, areas of
    competence.
    """

    files: tuple[str, ...] = ()
    ties: str = ""
    profiles: str = ""
    exchanges: str = ""
    codes: tuple[Entry, ...]
    roles: tuple[Entry, ...]
    variables: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    sides: dict[Side, tuple[str, ...]] = Field(default_factory=dict)
    partners: tuple[Entry, ...] = ()
    areas: tuple[Entry, ...] = ()

    @cached_property
    def partner_names(self) -> dict[str, Text]:
        """What organisations are called, by their names in the ties.

        Those that are not named keep theirs.
        """
        return {partner.key: partner.name for partner in self.partners}

    @cached_property
    def theme_of(self) -> dict[str, str]:
        """Each code's theme."""
        return {code.key: code.theme for code in self.codes}

    @cached_property
    def code_names(self) -> dict[str, Text]:
        """Each code's name."""
        return {code.key: code.name for code in self.codes}

    @cached_property
    def role_names(self) -> dict[str, Text]:
        """Each role's name."""
        return {role.key: role.name for role in self.roles}

    @cached_property
    def area_names(self) -> dict[str, Text]:
        """Each competence area's name."""
        return {area.key: area.name for area in self.areas}

    @cached_property
    def side_of(self) -> dict[str, Side]:
        """The partnership's side on which each organisation named stands."""
        return {name: side for side, names in self.sides.items() for name in names}

    def code(self, path: tuple[str, ...]) -> str:
        """Find the code that a project's code means: by its own name or the nearest name above it.

        Empty if there is none.
        """
        return next(
            (key for name in reversed(path) if (key := self._keys.get(name.casefold(), ""))), ""
        )

    def role(self, name: str) -> str:
        """Find a role by one of its names; empty if there is none."""
        return next((role.key for role in self.roles if name.casefold() in role.names), "")

    def variable(self, values: dict[str, str], what: str) -> str:
        """Find what a case or source says about the unit, `role`, `activity` or `date`.

        Empty if nothing.
        """
        known = {name.casefold(): value for name, value in values.items()}
        return next(
            (
                known[name.casefold()]
                for name in self.variables.get(what, (what,))
                if name.casefold() in known
            ),
            "",
        )

    def as_codes(self, themes: dict[str, str], guids: dict[str, str]) -> list[Code]:
        """Return the codes as a project's: each theme a parent that cannot be used itself.

        Parameters
        ----------
        themes : dict
            Theme to the name that it gets.
        guids : dict
            Theme or code to its GUID.
        """
        listed = []
        for theme, name in themes.items():
            listed.append(Code(guids[theme], name, "", False, "", ""))
            mine = (code for code in self.codes if code.theme == theme)
            for code in mine:
                name, *others = code.name.words.values()
                listed.append(
                    Code(guids[code.key], name, guids[theme], True, "", "; ".join(others))
                )
        return listed

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {name: code.key for code in self.codes for name in code.names}


def codebook(path: Path | None = None) -> Codebook:
    """Read the codebook.

    Default `data/qualitative/material/material.yml`. Raises `DataError` if it is missing or
    broken.
    """
    path = path or folder() / "material" / NAME
    return checked(TypeAdapter(Codebook), content(path), path)
