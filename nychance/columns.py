"""Column names, in one place.

Names in capitals, such as `PNR`, are those of a real extract's files (DREAM and its companions).
"""

from typing import Final

# -- the extract's files ---------------------------------------------------------------------------
DREAM: Final = "dream"
PERSONS: Final = "persons"
RESIDENCE: Final = "residence"
MATCH: Final = "match"
INTERVENTIONS: Final = "interventions"
MUNICIPALITIES: Final = "municipalities"
POPULATION: Final = "population"
CODES: Final = "codes"

# -- persons ---------------------------------------------------------------------------------------
PERSON: Final = "PNR"
SEX: Final = "KON"  # M, K
BIRTH_DATE: Final = "FOEDDT"
ORIGIN: Final = "HERKOMST"  # 1 Danish origin, 2 immigrant, 3 descendant (Statistics Denmark)
COUNTRY_GROUP: Final = "LANDEGRUPPE"  # DK, V (western), IV (non-western)

# -- histories and interventions -------------------------------------------------------------------
MUNICIPALITY: Final = "municipality"
VALID_FROM: Final = "valid_from"
VALID_TO: Final = "valid_to"
MATCH_CATEGORY: Final = "match_category"  # 1-5
KIND: Final = "kind"
START: Final = "start"
END: Final = "end"
COMPANY: Final = "company"
SECTOR: Final = "sector"

# -- municipalities --------------------------------------------------------------------------------
NAME: Final = "name"
ROLE: Final = "role"  # method, comparison
INHABITANTS: Final = "inhabitants"
UNEMPLOYMENT: Final = "unemployment_pct"
MINORITY_SHARE: Final = "minority_share_pct"

# -- population counts -----------------------------------------------------------------------------
REFERENCE: Final = "reference"
GROUP: Final = "group"  # danish, immigrant, descendant
WORKING_AGE: Final = "working_age"
EMPLOYED: Final = "employed"
UNEMPLOYED: Final = "unemployed"
OUTSIDE: Final = "outside_labour_force"
PUBLIC_SUPPORT: Final = "publicly_supported"
NYCHANCE_TARGET: Final = "nychance_target_group"

# -- the code mapping ------------------------------------------------------------------------------
CODE: Final = "code"
STATE: Final = "state"
ACTIVE: Final = "active"
STEP: Final = "step"
CENSORING: Final = "censoring"

# -- public figures --------------------------------------------------------------------------------
REGION: Final = "region"
VARIABLE: Final = "variable"
VALUE: Final = "value"
