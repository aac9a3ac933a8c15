"""The qualitative half: quotations, recommendations and the dissemination log, as a checkpoint could have seen them."""

from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from nychance.errors import DataError
from nychance.language import Text
from nychance.paths import project_root
from nychance.plan import Checkpoint
from nychance.source import Source

T = TypeVar("T")
Status = Literal["open", "begun", "done"]
STATUS_NAMES: dict[Status, Text] = {
    "open": Text("åben", "open"),
    "begun": Text("påbegyndt", "begun"),
    "done": Text("gennemført", "done"),
}
CHANNELS = {
    "newsletter": Text("Nyhedsbrev", "Newsletter"),
    "website": Text("Hjemmeside", "Website"),
    "leaflet": Text("Pjece", "Leaflet"),
    "local-media": Text("Lokale medier", "Local media"),
    "meeting": Text("Møde og workshop", "Meeting and workshop"),
}
EVALUATION = Source(Text("Kilde: evalueringens første resultater", "Source: the evaluation's first results"))
EXAMPLE = Source(
    Text("Kilde: opdigtet eksempel (demonstration)", "Source: invented example (demonstration)"),
    synthetic=True,
)


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quotation(_Record):
    """What somebody said, in Danish, with our English rendering."""

    theme: str
    checkpoint: str
    da: str
    en: str


class Recommendation(_Record):
    """A recommendation, whom it is for, and when its status changed."""

    key: str
    theme: str
    made: str
    title: Text
    addressee: Text
    text: Text
    status: dict[str, Status]

    def status_at(self, checkpoint: Checkpoint) -> Status:
        """Give the status known at a checkpoint."""
        known = [self.status[month] for month in sorted(self.status) if month <= checkpoint.month]
        return known[-1] if known else "open"


def quotations(theme: str, checkpoint: Checkpoint) -> list[Quotation]:
    """Read a theme's quotations from the checkpoints up to this one; raises `DataError` if the file is broken."""
    content = _read("quotations.yml", "quotations")
    listed = _validated(TypeAdapter(list[Quotation]), content, "quotations.yml")
    return [q for q in listed if q.theme == theme and q.checkpoint <= checkpoint.month]


def recommendations(checkpoint: Checkpoint) -> list[Recommendation]:
    """Read the recommendations made up to this checkpoint; raises `DataError` if the file is broken."""
    content = _read("recommendations.yml", "recommendations")
    listed = _validated(TypeAdapter(list[Recommendation]), content, "recommendations.yml")
    return [r for r in listed if r.made <= checkpoint.month]


def dissemination(checkpoint: Checkpoint) -> pd.DataFrame:
    """Read the dissemination log up to the checkpoint's cut-off.

    Returns
    -------
    DataFrame
        `date`, `channel` (key of `CHANNELS`), `approach` (`spread` or `spearhead`), `title_da`, `title_en`, `reach`.

    Raises
    ------
    DataError
        If the file is missing, or a row has an unknown channel.
    """
    path = _folder() / "dissemination-example.csv"
    try:
        log = pd.read_csv(path, parse_dates=["date"], encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(f"the log cannot be read ({error})", where=path, remedy="Restore it") from error
    strange = log[~log["channel"].isin(CHANNELS)]
    if len(strange):
        raise DataError(
            f"row {strange.index[0] + 2}, column 'channel': {strange['channel'].iloc[0]!r} is not known",
            where=path,
            remedy=f"Use one of {', '.join(CHANNELS)}",
        )
    return log[log["date"] <= pd.Timestamp(checkpoint.cutoff)].reset_index(drop=True)


def _folder() -> Path:
    return project_root() / "data" / "qualitative"


def _read(name: str, key: str) -> Any:
    path = _folder() / name
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))[key]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise DataError(f"cannot be read ({error})", where=path, remedy="Restore it from the repository") from error


def _validated(adapter: TypeAdapter[T], content: Any, name: str) -> T:
    try:
        return adapter.validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(f"{where}: {first['msg']}", where=_folder() / name, remedy="Mend the field named") from error
