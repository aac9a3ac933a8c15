"""What a notebook's run depends on, whatever it opens itself."""

from evalbook import plan
from evalbook.execute.jobs import Job
from evalbook.execute.prepared import Prepared
from tests.conftest import ROOT


def test_the_plan_is_an_input_even_where_the_kernel_found_it_read_already():
    checkpoint = plan.load().checkpoints[0]
    notebook = ROOT / "notebooks" / "dissemination.ipynb"
    job = Job("dissemination", checkpoint, notebook, {}, ROOT, ROOT / "data" / "demo", Prepared())
    read = job.inputs([])
    assert {"data/plan/targets.yml", "data/plan/protection.yml"} <= read.keys()
    assert read.keys() == job.files([]).keys()
