"""Tables of persons compute as any other and cannot be seen."""

import copy
import logging
import pickle

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
import statsmodels.formula.api as smf
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from evalbook.errors import DataError, DisclosureError
from evalbook.sdc.persons_frame import Persons, PersonsColumn


@pytest.fixture
def people():
    count = 60
    return Persons(
        {
            "person": np.arange(count),
            "role": ["method", "comparison"] * (count // 2),
            "hit": [i % 4 == 0 for i in range(count)],
            "weeks": np.arange(count) % 13.0,
        }
    )


KEEP = {
    "filter": lambda p: p[p.hit],
    "columns": lambda p: p.loc[p.weeks > 3, ["role", "weeks"]],
    "column": lambda p: p["weeks"],
    "row": lambda p: p.iloc[0],
    "query": lambda p: p.query("weeks > 3"),
    "assign": lambda p: p.assign(much=p.weeks > 3),
    "transposed": lambda p: p.T,
    "group mean": lambda p: p.groupby("role")["weeks"].mean(),
    "group size": lambda p: p.groupby("role").size(),
    "group agg": lambda p: p.groupby("role").agg(n=("hit", "size"), hits=("hit", "sum")),
    "group apply": lambda p: p.groupby("role")[["weeks"]].apply(lambda part: part.sum()),
    "group persons": lambda p: p.groupby("role")["person"].nunique(),
    "unstack": lambda p: p.groupby(["role", "hit"]).size().unstack(),
    "merge": lambda p: p.merge(pd.DataFrame({"role": ["method"], "name": ["M"]})),
    "join": lambda p: p.join(pd.DataFrame({"z": range(60)})),
    "concat": lambda p: pd.concat([p, p]),
    "side by side": lambda p: pd.concat([p.hit, p.role], axis=1),
    "pivot": lambda p: p.pivot_table(index="role", columns="hit", values="weeks"),
    "melt": lambda p: p.melt(id_vars="person"),
    "describe": lambda p: p.describe(),
    "describe column": lambda p: p.weeks.describe(),
    "value counts": lambda p: p.role.value_counts(),
    "value counts of rows": lambda p: p[["role", "hit"]].value_counts(),
    "crosstab": lambda p: p.crosstab("role", "hit"),
    "cut": lambda p: pd.cut(p.weeks, 3),
    "ufunc": lambda p: np.sqrt(p.weeks),
    "map": lambda p: p.role.map({"method": "M", "comparison": "C"}),
    "copy": copy.deepcopy,
}


@pytest.mark.parametrize("make", KEEP.values(), ids=KEEP)
def test_what_pandas_makes_of_persons_is_of_persons(people, make):
    assert isinstance(make(people), Persons | PersonsColumn)


SHOW = {
    "repr": repr,
    "str": str,
    "format": lambda p: f"{p}",
    "old format": lambda p: "%s" % (p,),  # noqa: UP031
    "column": lambda p: repr(p.weeks),
    "group": lambda p: str(p.groupby("role").size()),
    "html": lambda p: p._repr_html_(),
    "csv": lambda p: p.to_csv(),
    "json": lambda p: p.weeks.to_json(),
    "parquet": lambda p: p.to_parquet("never"),
    "excel": lambda p: p.to_excel("never"),
    "dict": lambda p: p.to_dict(),
    "list": lambda p: p.weeks.tolist(),
    "pickle": pickle.dumps,
    "pickled column": lambda p: pickle.dumps(p.weeks),
    "info": lambda p: p.info(),
    "style": lambda p: p.style,
    "plot": lambda p: p.plot(),
    "plot of a column": lambda p: p.weeks.plot.hist(),
    "matplotlib": lambda p: plt.gca().plot(p.weeks),
    "matplotlib bars": lambda p: plt.gca().bar(p.role, p.weeks),
    "matplotlib colours": lambda p: plt.gca().scatter([1] * 60, [1] * 60, s=p.weeks),
    "image": lambda p: plt.gca().imshow(p[["weeks"]]),
    "seaborn": lambda p: sns.scatterplot(p, x="person", y="weeks"),
    "seaborn vectors": lambda p: sns.histplot(x=p.weeks),
    "seaborn wide": lambda p: sns.lineplot(p[["weeks"]]),
    "seaborn groups": lambda p: sns.barplot(p.groupby("role").size()),
    "heatmap": lambda p: sns.heatmap(p[["weeks"]]),
    "text": lambda p: plt.gca().set_title(p.weeks),
}


@pytest.mark.parametrize("show", SHOW.values(), ids=SHOW)
def test_persons_are_never_shown_and_the_message_tells_which_call_protects(people, show):
    with pytest.raises(DisclosureError, match=r"report\.shares"):
        show(people)
    plt.close("all")


def test_a_log_holds_no_persons(capsys):
    logger = logging.Logger("persons")
    logger.addHandler(logging.StreamHandler())
    logger.warning("%s", Persons({"person": [98765000 + 432]}))
    told = capsys.readouterr().err
    assert "PersonsShownError" in told
    assert "98765432" not in told


def test_models_compute_on_persons_and_on_their_plain_copy(people):
    fits = [smf.ols("weeks ~ role", data).fit() for data in (people, people.frame())]
    assert fits[0].params["Intercept"] == pytest.approx(fits[1].params["Intercept"])
    assert type(people.frame()) is pd.DataFrame


def test_the_persons_of_a_table_are_told_once_each(people):
    assert pd.concat([people, people]).persons.tolist() == list(range(60))
    with pytest.raises(DataError, match="person"):
        _ = people[["role"]].persons


def test_a_cell_that_ends_with_persons_fails_with_one_line():
    source = (
        "from evalbook.sdc.persons_frame import Persons\np = Persons({'person': [711, 712]})\np"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, timeout=60).execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "error"
    assert len(output.traceback) == 1
    assert "report.counts" in output.traceback[0]
    assert "711" not in str(notebook.cells[0].outputs)
