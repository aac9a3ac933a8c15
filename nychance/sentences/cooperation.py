"""What the figures on companies and on the partnership show."""

from collections.abc import Mapping

import pandas as pd

from evalbook.text.language import Text
from nychance import tr
from nychance.sentences.statements import (
    Row,
    describe_spread,
    format_share,
    format_value,
    is_hidden,
)

FEW_SECTORS = tr("Too few of the target group are in company placements to be shown by sector.")


def largest_sector(sectors: pd.DataFrame) -> Row:
    """Return the row of the sector with most persons; None where none is shown."""
    shown = sectors.dropna(subset="estimate")
    ordered = shown.sort_values("estimate", ascending=False, kind="stable")
    return ordered.iloc[0] if len(ordered) else None


def sector_name(sector: Row, names: Mapping[str, Text]) -> Text:
    """Write the name of a sector; of none, that it is hidden."""
    return format_value(None, "count") if sector is None else names[str(sector.name)]


def sectors_found(sector: Row, names: Mapping[str, Text]) -> Text:
    """Write which sector has most persons in company placements."""
    if sector is None:
        return FEW_SECTORS
    return tr("No sector has more persons in company placements than “{top}”, with {n}.").format(
        top=names[str(sector.name)], n=format_value(sector.estimate, "count", 0)
    )


def places_found(places: pd.DataFrame, comparison: Row, names: Mapping[str, Text]) -> Text:
    """Write the range of municipalities' shares, and the comparison municipalities' share.

    Parameters
    ----------
    places : DataFrame
        Each method municipality's share.
    comparison : result
        That of the comparison municipalities together.
    """
    spread = describe_spread({names[str(place)]: share for place, share in places.iterrows()})
    if is_hidden(comparison):
        return spread
    return tr("{spread} The comparison municipalities together: {share}.").format(
        spread=spread, share=format_share(comparison)
    )


def network_found(members: int, shape: Row) -> Text:
    """Write how large and how dense a network is.

    Parameters
    ----------
    members : int
        All members that are drawn.
    shape : row
        `ties` and `density` of knowledge sharing.
    """
    return tr(
        "Network with {members} members. Knowledge-sharing links between the method "
        "municipalities: {ties}, which is {density} of the possible ones."
    ).format(
        members=format_value(members, "count", 0),
        ties=format_value(shape["ties"], "count", 0),
        density=format_value(shape["density"], "share"),
    )


def closest_sides(coupling: "pd.Series[float]", names: Mapping[str, Text]) -> Text:
    """Write between which sides of the partnership most of the possible links exist."""
    return tr("Closest now is “{closest}” with {value} of the possible links.").format(
        closest=names[str(coupling.idxmax())], value=format_value(coupling.max(), "share", 0)
    )
