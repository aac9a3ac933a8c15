"""What the keys in tables and figures are called."""

from typing import Final

from evalbook.text.language import Text
from nychance import tr

NAMES: Final[dict[str, Text]] = {
    "role": tr("Municipalities"),
    "method": tr("Method municipalities"),
    "comparison": tr("Comparison municipalities"),
    "municipality": tr("Municipality"),
    "target": tr("Target"),
    "step": tr("Step"),
    "outcome": tr("Measure"),
    "measure": tr("Measure"),
    "intervention": tr("Intervention"),
    "origin": tr("Origin"),
    "danish": tr("Danish origin"),
    "immigrant": tr("Immigrants"),
    "descendant": tr("Descendants"),
    "origin-unknown": tr("Origin unknown"),
    "sex": tr("Sex"),
    "women": tr("Women"),
    "men": tr("Men"),
    "sex-unknown": tr("Sex unknown"),
    "age": tr("Age"),
    "match": tr("Match category"),
    **{f"match-{n}": tr("Match category {n}").format(n=str(n)) for n in range(1, 6)},
    "match-unknown": tr("No match category"),
    "readiness": tr("Readiness for work"),
    "ready": tr("Job-ready"),
    "not-ready": tr("Not job-ready"),
    "all": tr("All"),
    "unknown": tr("Unknown"),
}
