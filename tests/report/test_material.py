"""Raw material stays where it is: nothing of it is in what notebooks write or what is published."""

import yaml

from tests.unit.qualitative.refi_example import write_example

CANARIES = (
    "Fatima",
    "Yilmaz",
    "Anna Holm",
    "løfter i flok.\r",
    "Jeg fik en mentor",
    "Spørg Fatima",
    "%PDF Fatima",
    "tavle.png",
)


def test_no_word_of_the_raw_sources_is_published(project):
    folder = project.root / "data" / "qualitative" / "material"
    write_example(folder / "interviews.qdpx")
    settings = yaml.safe_load((folder / "material.yml").read_text(encoding="utf-8"))
    settings["files"].append("interviews.qdpx")
    (folder / "material.yml").write_text(
        yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8"
    )
    done = project.nychance(
        "report",
        "-c",
        "1",
        "-t",
        "organisation",
        "--renderer",
        "portable",
        "--format",
        "html",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    read = (project.root / "figures/2007-09/organisation/run.json").read_text(encoding="utf-8")
    assert "interviews.qdpx" in read, "the project was not even read"
    published = [
        path
        for part in ("figures", "_site")
        for path in (project.root / part).rglob("*")
        if path.is_file()
    ]
    assert len(published) > 20
    for path in published:
        content = path.read_bytes()
        assert not any(canary.encode() in content for canary in CANARIES), path
        assert path.suffix not in (".qdpx", ".qdc", ".docx", ".txt") or path.name.startswith(
            "robots"
        )
