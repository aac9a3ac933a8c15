"""The same commit and data give the same files, executed notebooks included, however the run is made."""

import json

NOT_RESULTS = {"run.json"}


def results(project, month):
    folder = project.root / "figures" / month
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_RESULTS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_results_do_not_depend_on_hash_seed_or_on_how_many_run_at_once(built, project, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "20070930")
    done = project.nychance("run", "-c", "1", "-j", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = results(built, "2007-09"), results(project, "2007-09")
    assert len(first) > 50
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_record_names_every_result_with_its_hash(built):
    for record in (built.root / "figures").glob("*/*/run.json"):
        made = json.loads(record.read_text())["outputs"]
        there = {path.relative_to(record.parent).as_posix() for path in record.parent.rglob("*") if path.is_file()}
        assert set(made) == there - {"run.json"}
