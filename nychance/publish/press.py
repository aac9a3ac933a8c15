"""Turn results into the site: every edition asked for, with the renderer asked for."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from nychance import plan
from nychance.errors import NychanceError, UsageError
from nychance.files import replace_folder
from nychance.language import LANGUAGES, Language
from nychance.publish import pdf, portable, quarto, site, switch
from nychance.publish.edition import Assembled, Edition, assemble
from nychance.publish.values import write_values

Format = Literal["html", "pdf"]
FORMATS: tuple[Format, ...] = ("html", "pdf")


@dataclass(frozen=True)
class Renderer:
    """Which renderer makes the HTML, and why; `program` is Quarto's path, or None for the portable one."""

    program: str | None
    why: str

    @property
    def name(self) -> str:
        """`quarto` or `portable`."""
        return "quarto" if self.program else "portable"


def choose_renderer(wish: str) -> Renderer:
    """Choose a renderer: `quarto`, `portable`, or `auto`, which takes Quarto where it is found.

    Raises
    ------
    UsageError
        If Quarto is wished for and not there.
    """
    if wish == "portable":
        return Renderer(None, "as asked for")
    found = quarto.find_quarto()
    if found:
        return Renderer(found, f"Quarto {quarto.version(found)} is installed")
    if wish == "quarto":
        raise UsageError(
            "Quarto is not installed",
            remedy="Install it (`pip install quarto-cli`), or use `--renderer portable`",
        )
    return Renderer(None, "Quarto is not installed here; `pip install quarto-cli` brings it where GitHub can be reached")


@dataclass(frozen=True)
class Press:
    """What to make of the results.

    Parameters
    ----------
    root : Path
        The project.
    themes : sequence of str
        Only these chapters; empty for the whole edition.
    synthetic : bool
        Whether the persons behind the results are synthetic.
    """

    root: Path
    checkpoints: Sequence[plan.Checkpoint]
    languages: Sequence[Language]
    formats: Sequence[Format]
    renderer: Renderer
    themes: Sequence[str] = ()
    synthetic: bool = True

    @property
    def site(self) -> Path:
        """Where the site is."""
        return self.root / "_site"

    def editions(self) -> list[Edition]:
        """List the editions to make."""
        return [Edition(self.root, c, language, self.themes) for c in self.checkpoints for language in self.languages]

    def make(self, workers: int, made: Callable[[Edition, str], None] = lambda *_: None) -> dict[str, str]:
        """Make everything.

        Parameters
        ----------
        workers : int
            How many editions at once.
        made : callable
            Told of each edition, with its error or an empty text.

        Returns
        -------
        dict
            Edition name to error, for those that could not be made.
        """
        errors = {}
        for edition, error in self._in_parallel(workers):
            made(edition, error)
            if error:
                errors[edition.name] = error
        self._finish()
        shutil.rmtree(self._workshop, ignore_errors=True)
        return errors

    @property
    def _workshop(self) -> Path:
        return self.root / ".nychance" / "editions"

    def _in_parallel(self, workers: int) -> Iterator[tuple[Edition, str]]:
        editions = self.editions()
        if workers == 1 or len(editions) == 1:
            yield from ((edition, self.make_edition(edition)) for edition in editions)
            return
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            futures = {pool.submit(self.make_edition, edition): edition for edition in editions}
            for future in as_completed(futures):
                yield futures[future], future.result()

    def make_edition(self, edition: Edition) -> str:
        """Make one edition; gives its error as text, empty if all went well."""
        try:
            assembled = assemble(edition, self._workshop / edition.name.replace("/", "-"))
            if "html" in self.formats:
                self._html(edition, assembled)
            if "pdf" in self.formats:
                target = self.site / edition.name / "report.pdf"
                pdf.render_pdf(assembled, target, synthetic=self.synthetic)
        except NychanceError as error:
            return str(error)
        return ""

    def _html(self, edition: Edition, assembled: Assembled) -> None:
        program = self.renderer.program
        pages = quarto.render_html(assembled, program) if program else portable.render_html(assembled)
        for notebook in (assembled.folder / "notebooks").glob("*.ipynb"):
            (pages / "notebooks").mkdir(exist_ok=True)
            shutil.copy2(notebook, pages / "notebooks" / notebook.name)
        site.place_pages(pages, self.site / edition.name, whole=not edition.themes)

    def _finish(self) -> None:
        the_plan = plan.load()
        for checkpoint in self.checkpoints:
            site.write_data(self.site, site.data_file(the_plan, checkpoint, self.root / "figures" / checkpoint.month))
        site.write_landing(self.site, the_plan)
        switch.link_editions(self.site, the_plan)
        publish_latest(self.root)


def publish_latest(root: Path) -> None:
    """Lay the newest checkpoint's results where plain `quarto render` in the project's root finds them."""
    the_plan = plan.load()
    editions = [Edition(root, c, language) for c in reversed(the_plan.checkpoints) for language in LANGUAGES]
    newest = next((edition for edition in editions if edition.finished()), None)
    if newest is None:
        return
    latest = root / "figures" / "latest"
    folder = root / ".nychance" / "latest"
    values = {}
    for language in LANGUAGES:
        assembled = assemble(Edition(root, newest.checkpoint, language), folder)
        values[language] = assembled.expander.values
    for language, content in values.items():
        write_values(folder / "figures" / "latest" / f"{language}.yml", content)
    replace_folder(folder / "figures" / "latest", latest)
    shutil.rmtree(folder, ignore_errors=True)
