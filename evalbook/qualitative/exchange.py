"""What `material` does: tell what coded material holds, and write it so that it may leave."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evalbook.errors import UsageError
from evalbook.plan import Plan, Theme
from evalbook.qualitative.codebook import Codebook, codebook
from evalbook.qualitative.codings import Material, of_project, read_tables
from evalbook.qualitative.export import export_project, export_table
from evalbook.qualitative.pseudonyms import read_pseudonyms
from evalbook.qualitative.records import folder, unit_column
from evalbook.qualitative.refi import Project, build_project, read_codebook, read_project
from evalbook.qualitative.refi.model import code_paths
from evalbook.qualitative.refi.write import Document, Passage, guid

LISTED = 10


def describe(path: Path, book: Codebook, plan: Plan) -> Iterator[str]:
    """Tell, line by line, what a file holds and what of it is not understood.

    Raises `DataError` if it cannot be read.
    """
    if path.suffix == ".qdc":
        paths = code_paths(read_codebook(path)).values()
        unmapped: Sequence[str] = [" > ".join(names) for names in paths if not book.code(names)]
        faults: Sequence[str] = ()
        yield f"{path}: {len(paths)} codes"
    else:
        material = _material(path, book, plan)[0]
        unmapped, faults = material.unmapped, material.faults
        passages = material.codings[["talk", "start", "end"]].drop_duplicates()
        counts = f"{len(material.talks)} talks, {len(passages)} passages"
        yield f"{path}: {counts}, {len(material.codings)} codings that count"
    yield from _some("code that the codebook does not know", unmapped)
    yield from _some("fault", faults)


def export(path: Path, rules: Path, out: Path, book: Codebook, plan: Plan) -> str:
    """Write a project or plain tables so that they may leave, as `.qdpx` or `.csv`.

    Raises
    ------
    DataError
        If a file cannot be read.
    UsageError
        If the output is neither.
    """
    pseudonyms = read_pseudonyms(rules)
    material, project = _material(path, book, plan)
    if out.suffix == ".csv":
        export_table(material, pseudonyms, out)
        return f"{out}: {len(material.codings)} codings"
    if out.suffix != ".qdpx":
        raise UsageError(
            f"{out} is neither .qdpx nor .csv", remedy="Name a file of one of these kinds"
        )
    project = project or as_project(material, book, plan.themes)
    stay = export_project(project, material, book, pseudonyms, out)
    return f"{out}: {len(project.sources)} sources; {stay} files of the project stay at home"


def as_project(material: Material, book: Codebook, themes: Sequence[Theme]) -> Project:
    """Make a project of plain tables, so that other software opens it.

    A talk without words gets an empty line per passage.
    """
    guids = {key: guid("code", key) for key in (*(theme.stem for theme in themes), *book.theme_of)}
    codes = book.as_codes(
        {theme.stem: next(iter(theme.name.words.values())) for theme in themes}, guids
    )
    by_talk = dict(list(material.codings.groupby("talk", sort=False)))
    documents = []
    for talk in material.talks.to_dict("records"):
        mine = by_talk.get(talk["talk"], material.codings.iloc[:0])
        words = (
            mine[["start", "end", "text"]]
            .drop_duplicates(["start", "end"])
            .sort_values(["start", "end"])
        )
        text, places = "", {}
        for start, end, said in words.itertuples(index=False):
            places[start, end] = (len(text), len(text) + len(said))
            text += f"{said}\n"
        passages = [
            Passage(*places[start, end], coder=coder, code=guids.get(code, ""))
            for start, end, coder, code in mine[["start", "end", "coder", "code"]].itertuples(
                index=False
            )
        ]
        values = {key: str(talk[key]) for key in (unit_column(), "role", "activity")}
        values["date"] = f"{talk['date']:%Y-%m-%d}"
        documents.append(Document(str(talk["talk"]), text, str(talk["talk"]), values, passages))
    return build_project("evalbook", codes, documents)


def named_files() -> list[Path]:
    """List the files that `material.yml` names."""
    return [folder() / "material" / name for name in codebook().files]


def _material(path: Path, book: Codebook, plan: Plan) -> tuple[Material, Project | None]:
    if path.suffix == ".qdpx":
        project = read_project(path)
        return of_project(project, book, plan), project
    return read_tables(path, book, plan), None


def _some(what: str, items: Sequence[str]) -> Iterator[str]:
    for item in items[:LISTED]:
        yield f"  {what}: {item}"
    if len(items) > LISTED:
        yield f"  and {len(items) - LISTED} more"
