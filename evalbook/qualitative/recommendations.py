"""The evaluation's recommendations, and how they are followed from checkpoint to checkpoint."""

from typing import Literal

from evalbook.models.method import NO_INTERVAL, RECORDS, method
from evalbook.plan import Checkpoint
from evalbook.qualitative.records import Record, listed
from evalbook.text.catalogue import tr
from evalbook.text.language import Text

Status = Literal["unmade", "open", "begun", "done"]
STATUS_NAMES: dict[Status, Text] = {
    "unmade": tr("not made yet"),
    "open": tr("not started yet"),
    "begun": tr("started"),
    "done": tr("carried out"),
}


class Recommendation(Record):
    """A recommendation, whom it is for, and when its status changed."""

    key: str
    theme: str
    made: str
    title: Text
    addressee: Text
    text: Text
    status: dict[str, Status]
    example: bool = False

    @property
    def name(self) -> Text:
        """The title; an invented recommendation says that it is one."""
        return tr("{title} (example)").format(title=self.title) if self.example else self.title

    def status_at(self, checkpoint: Checkpoint) -> Status:
        """Give the status known at a checkpoint; `unmade` for one before the recommendation."""
        if checkpoint.month < self.made:
            return "unmade"
        known = [self.status[month] for month in sorted(self.status) if month <= checkpoint.month]
        return known[-1] if known else "open"


@method(
    tr("Recommendations"),
    formula=tr("recommendations known at the checkpoint, by status"),
    unit=RECORDS,
    interval=NO_INTERVAL,
    source=tr("The evaluation's list"),
)
def recommendations(checkpoint: Checkpoint) -> list[Recommendation]:
    """Read the recommendations made up to this checkpoint.

    Raises `DataError` if the file is broken.
    """
    return [
        r
        for r in listed(Recommendation, "recommendations.yml", "recommendations")
        if r.made <= checkpoint.month
    ]
