"""The colours of the two kinds of municipality and of the three origins."""

from evalbook.report.style import NEUTRAL, SERIES

METHOD, COMPARISON = SERIES[:2]
GROUP_COLOURS = {"method": METHOD, "comparison": COMPARISON}
# None of the colours that mean a kind of municipality.
ORIGIN_COLOURS = (NEUTRAL, SERIES[2], SERIES[3])
