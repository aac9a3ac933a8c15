"""Where qualitative material comes from."""

from nychance.language import Text
from nychance.source import Source

EVALUATION = Source(Text("Kilde: evalueringens første resultater", "Source: the evaluation's first results"))
MATERIAL = Source(
    Text("Kilde: evalueringens interviewmateriale, egne optællinger", "Source: the evaluation's interviews, own counts")
)
EXAMPLE = Source(
    Text("Kilde: opdigtet eksempel (demonstration)", "Source: invented example (demonstration)"),
    synthetic=True,
)
