"""Pages of the documentation that are made: from docstrings, commands and files elsewhere.

MkDocs calls the functions named `on_…` (`hooks` in mkdocs.yml).
"""

import re
from collections.abc import Iterator
from html import unescape
from inspect import cleandoc
from pathlib import Path

import click
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from evalbook.commands.main import command_line
from nychance.commands import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGES = ("evalbook", "nychance")
ELSEWHERE = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "data/README.md",
    "data/codes/README.md",
    "data/qualitative/README.md",
)
# A formula, as pymdownx.arithmatex marks it.
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)

# The theme would load this script from elsewhere; it lies in docs/assets.
WORKER = ("https://unpkg.com/iframe-worker/shim", "assets/iframe-worker.js")


def rooms(package: str) -> list[str]:
    """Return the rooms of a package: its subpackages."""
    return sorted(
        f"{package}.{path.parent.name}" for path in (ROOT / package).glob("*/__init__.py")
    )


def modules(name: str) -> list[str]:
    """Return the modules of a room, with those of its subpackages; of a package, those on top."""
    folder = ROOT / name.replace(".", "/")
    found = folder.rglob("*.py") if "." in name else folder.glob("*.py")
    paths = sorted(path.relative_to(ROOT).with_suffix("") for path in found if path.stem[0] != "_")
    return [".".join(path.parts) for path in paths]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the pages on each package to the navigation."""
    for package in PACKAGES:
        pages = [{name: f"python/{name}.md"} for name in (package, *rooms(package))]
        config.nav.append({f"Python: {package}": pages})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages themselves."""
    added = {name: (ROOT / name).read_text(encoding="utf-8") for name in ELSEWHERE}
    added["reference/command-line.md"] = "\n\n".join(command_page())
    for package in PACKAGES:
        for name in (package, *rooms(package)):
            added[f"python/{name}.md"] = python_page(name)
    for name, text in added.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Lead links to files outside `docs` to the pages that were added for them."""
    up = "../" * page.file.src_uri.count("/")
    return markdown.replace(f"]({up}../", f"]({up}").replace("](docs/", "](")


def on_page_content(html: str, **_: object) -> str:
    """Write formulas as MathML, which browsers show without a script."""
    return FORMULA.sub(
        lambda found: convert(
            unescape(found[2]), display="block" if found[1] == "div" else "inline"
        ),
        html,
    )


def on_post_page(output: str, page: Page, **_: object) -> str:
    """Load nothing from elsewhere."""
    return output.replace(WORKER[0], "../" * page.file.dest_uri.count("/") + WORKER[1])


def on_post_template(output_content: str, template_name: str, **_: object) -> str:
    """Leave out what only a server would show."""
    return "" if template_name == "404.html" else output_content


def python_page(name: str) -> str:
    """Return the page on a package or a room: its docstring, and its modules."""
    parts = [f"# {name}", f"::: {name}\n    options: {{members: false}}"]
    parts += [f"## {module}\n\n::: {module}" for module in modules(name)]
    return "\n\n".join(parts)


def command_page() -> Iterator[str]:
    """Return the paragraphs of the page on the command line: what `--help` says of each command."""
    group = command_line(COMMANDS)
    context = click.Context(group, info_name="nychance")
    names = sorted(group.list_commands(context))
    yield "# Command line"
    only_here = ", ".join(f"`{name}`" for name in sorted(COMMANDS))
    yield f"`evalbook` has the same commands, except {only_here}, which this programme adds."
    for name in names:
        command = group.get_command(context, name)
        assert command is not None
        within = click.Context(command, parent=context, info_name=name)
        yield f"## {name}"
        yield f"```text\n{command.get_usage(within).removeprefix('Usage: ')}\n```"
        about, example = cleandoc(command.help or "").split("Example: ")
        yield about
        yield f"For example:\n\n```text\n{' '.join(example.split())}\n```"
        yield "\n".join(["| option | meaning |", "|---|---|", *options(command, within)])


def options(command: click.Command, context: click.Context) -> Iterator[str]:
    """Return the rows of the table of a command's options."""
    for parameter in command.get_params(context):
        option, meaning = (
            part.replace("|", "\\|") for part in parameter.get_help_record(context) or ("", "")
        )
        if meaning:
            yield f"| `{option}` | {meaning} |"
