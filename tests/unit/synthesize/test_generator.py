"""The generator draws the same from the same seed, and nobody else knows its truth."""

import subprocess
import sys

from nychance.synthesize import synthesize
from tests.conftest import ROOT


def test_tables_do_not_depend_on_the_hash_seed(tmp_path, monkeypatch):
    code = (
        "import sys, pathlib; from nychance.synthesize import synthesize; "
        "synthesize(pathlib.Path(sys.argv[1]), 1000, 7)"
    )
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], check=True)
    first, second = (
        {p.name: p.read_bytes() for p in (tmp_path / seed).iterdir()} for seed in ("1", "2")
    )
    assert first == second


def test_another_seed_gives_another_extract(tmp_path):
    for seed in (1, 2):
        synthesize(tmp_path / str(seed), persons=1000, seed=seed)
    assert (tmp_path / "1" / "dream.parquet").read_bytes() != (
        tmp_path / "2" / "dream.parquet"
    ).read_bytes()


def test_only_the_generator_knows_the_truth():
    # `extract` asks whether the file is there, which says that the persons are synthetic, and
    # never opens it.
    readers = [
        *ROOT.glob("notebooks/*.ipynb"),
        *(p for p in ROOT.glob("nychance/**/*.py") if "synthesize" not in p.parts),
    ]
    telling = [p.relative_to(ROOT).as_posix() for p in readers if "truth.json" in p.read_text()]
    assert telling == ["nychance/extract/__init__.py"]
