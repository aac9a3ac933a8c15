"""The rules, all in one table: what is wrong, how bad that is, what it counts, and the remedy, in both languages."""

from typing import Final

from nychance.catalogue import tr
from nychance.faults import files, mapping, people, records, weekly
from nychance.faults.fault import Rule, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING
FILES = tr("files")
COLUMNS = tr("columns")
ROWS = tr("rows")
PERSONS = tr("persons")
VALUES = tr("values")
WEEKS = tr("weeks")
PERSON_WEEKS = tr("person-weeks")
EXPORT = tr("Export the file again")

RULES: Final = (
    # -- files and columns
    Rule("missing-table", ERROR, tr("The table is missing"), FILES,
         tr("Add it; data/README.md lists its columns"), files.missing_table),
    Rule("table-twice", ERROR, tr("The table is there twice"), FILES,
         tr("Keep one file, or one per year"), files.table_twice),
    Rule("unreadable-file", ERROR, tr("The file cannot be read"), FILES, EXPORT, files.unreadable),
    Rule("ragged-rows", ERROR, tr("Rows with too few or too many fields"), ROWS,
         tr("Export it again; it is cut short, or a value holds the delimiter"), files.ragged),
    Rule("cut-short", WARNING, tr("The file ends within a line"), FILES,
         tr("See whether it is cut short"), files.cut_short),
    Rule("misread-letters", WARNING, tr("Letters in a wrong encoding"), VALUES,
         tr("Save the file as UTF-8"), files.misread),
    Rule("missing-column", ERROR, tr("The column is missing"), COLUMNS,
         tr("Add it; data/README.md lists the table's columns"),
         files.missing_column),
    Rule("column-twice", ERROR, tr("The column is there twice"), COLUMNS,
         tr("Keep one; upper and lower case are the same"), files.column_twice),
    Rule("empty-table", ERROR, tr("The table is empty"), FILES, EXPORT, files.empty_needed),
    Rule("empty-records", WARNING, tr("The table is empty"), FILES,
         tr("See whether that is right"), files.empty_optional),
    Rule("type-change", ERROR, tr("The column changes its type half-way"), VALUES,
         tr("Export it again with one type throughout the column"),
         files.type_change),
    Rule("unreadable-value", ERROR, tr("Values that cannot be read"), VALUES,
         tr("Write dates as YYYY-MM-DD, numbers and codes as numbers"),
         files.unreadable_value),
    # -- weeks
    Rule("no-weeks", ERROR, tr("No weeks"), FILES,
         tr("Add the columns y_YYWW, or code, start and end"), weekly.none),
    Rule("impossible-week", ERROR, tr("A week that there is not"), COLUMNS,
         tr("Mend the column's name or remove it"), weekly.impossible),
    Rule("week-twice", ERROR, tr("The week is there twice"), COLUMNS,
         tr("Keep one of the columns"), weekly.twice),
    Rule("week-gap", ERROR, tr("Weeks are missing"), WEEKS,
         tr("Add the weeks; blank is a value, too"), weekly.gap),
    Rule("ends-early", WARNING, tr("The extract ends before the checkpoint"), WEEKS,
         tr("Order a later extract"), weekly.ends_early),
    Rule("unknown-code", WARNING, tr("Code without a meaning in the code mapping"),
         PERSON_WEEKS, tr("Add the code to codes; its weeks count as unknown"),
         weekly.unknown_codes),
    Rule("after-the-end", WARNING, tr("A transfer after death or emigration"), PERSONS,
         tr("Look in the source; these weeks do not count"), weekly.after_the_end),
    Rule("spells-overlap", ERROR, tr("Spells that overlap"), ROWS,
         tr("Keep one code per week"), weekly.overlaps),
    Rule("spell-backwards", ERROR, tr("Spells that end before they start"), ROWS,
         tr("Mend or remove them"), weekly.backwards),
    # -- persons
    Rule("no-number", ERROR, tr("Rows without a person number"), ROWS,
         tr("Remove them or add the number"), people.without_number),
    Rule("person-twice", ERROR, tr("Persons who stand twice"), PERSONS,
         tr("Keep one row per person"), people.twice),
    Rule("number-type", ERROR, tr("Person numbers are numbers here, text elsewhere"),
         FILES, tr("Write them as text everywhere, with leading zeros"),
         people.number_type),
    Rule("partly", WARNING, tr("Persons whom not all years' files have"), PERSONS,
         tr("See whether they are missing; their weeks count as blank"),
         people.partly),
    Rule("no-record", WARNING, tr("Persons without a record"), PERSONS,
         tr("Add them to persons; sex, age and origin are missing"),
         people.without_record),
    Rule("no-row", WARNING, tr("Records of persons without a row in dream"), PERSONS,
         tr("See whether dream is cut short; they do not count"),
         people.without_row),
    Rule("over-110", WARNING, tr("Persons aged over 110"), PERSONS,
         tr("Look in the source"), people.too_old),
    Rule("born-later", WARNING, tr("Persons born after the extract's last week"), PERSONS,
         tr("Look in the source"), people.born_later),
    Rule("unknown-sex", WARNING, tr("Sex that is not M, K, 1 or 2"), PERSONS,
         tr("Mend it; it counts as missing"), people.unknown_sex),
    Rule("unknown-origin", WARNING, tr("Origin that is not 1, 2 or 3"), PERSONS,
         tr("Mend it; it counts as missing"), people.unknown_origin),
    # -- records
    Rule("of-nobody", WARNING, tr("Rows that belong to nobody in dream"), ROWS,
         tr("See whether dream is cut short; they do not count"),
         records.of_nobody),
    Rule("no-begin", WARNING, tr("Rows without a beginning"), ROWS,
         tr("Add the date; they do not count"), records.without_begin),
    Rule("ends-before-start", ERROR, tr("Rows that end before they start"), ROWS,
         tr("Mend or remove them"), records.backwards),
    Rule("residence-overlap", WARNING, tr("Stays that overlap"), ROWS,
         tr("Look in the source; the one that began last counts"),
         records.residence_overlap),
    Rule("record-after-the-end", WARNING, tr("Rows that begin after death or emigration"), ROWS, tr("Look in the source"), records.after_the_end),
    Rule("old-municipality", ERROR, tr("Municipality codes that are not in force after the reform of 1 January 2007"), ROWS,
         tr("Translate them to the municipalities of 2007"), records.old_municipality),
    Rule("match-category", ERROR, tr("Match category outside 1-5"), ROWS,
         tr("Only the five categories can be used"), records.match_category),
    Rule("unknown-kind", ERROR, tr("Unknown kind of intervention"), ROWS,
         tr("Use the plan's keys in data/plan/targets.yml"), records.unknown_kind),
    Rule("unknown-role", ERROR, tr("The municipality's role is neither method nor comparison"), ROWS,
         tr("Mend the role"), records.unknown_role),
    Rule("municipality-twice", ERROR, tr("Municipalities that stand twice"), ROWS,
         tr("Keep one row per municipality"), records.municipality_twice),
    Rule("unknown-group", ERROR, tr("Group that is not danish, immigrant or descendant"), ROWS, tr("Mend the group"), records.unknown_group),
    Rule("population-sum", WARNING, tr("Employed, unemployed and persons outside the labour force are not the population"), ROWS,
         tr("Look in the source"), records.population_sum),
    # -- the code mapping
    Rule("mapping-code", ERROR, tr("The code is no whole number from 1 to 32767"), ROWS,
         tr("Mend the code"), mapping.code),
    Rule("mapping-state", ERROR, tr("Unknown state"), ROWS,
         tr("Use a state of data/codes/README.md"), mapping.state),
    Rule("mapping-step", ERROR, tr("Unknown step"), ROWS,
         tr("Use the plan's keys in data/plan/targets.yml"), mapping.step),
    Rule("mapping-flag", ERROR, tr("active or censoring is not 0 or 1"), ROWS,
         tr("Write 0 or 1"), mapping.flag),
    Rule("mapping-backwards", ERROR, tr("Validity that ends before it begins"), ROWS,
         tr("Mend the dates"), mapping.backwards),
    Rule("mapping-overlap", ERROR, tr("The code has two meanings in the same week"), ROWS,
         tr("Let the validities follow each other"), mapping.overlap),
)  # fmt: skip
