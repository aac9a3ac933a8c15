"""What every notebook would do first, done once in the process that kernels are forked from."""

import atexit
import gc
import os
from datetime import date
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import pandas as pd
import pyarrow.dataset  # noqa: F401 - reading Parquet imports it late

from evalbook.paths import PACKAGE
from evalbook.report.style import add_source_line, report_style
from evalbook.report.svg import save
from evalbook.text.catalogue import package_catalogue, translations
from evalbook.text.language import PACKAGED, day, number


def _draw_once() -> None:
    """Draw a small figure, so that fonts are found and the SVG writer is loaded."""
    with report_style():
        figure, axes = plt.subplots()
        axes.plot([0, 1], [0, 1], marker="o", label="warm")
        axes.legend()
        add_source_line(figure, "warm")
        save(figure, Path(os.devnull))
        plt.close(figure)


def _fall_silent() -> None:
    """Let what libraries say of themselves as this process ends reach nobody."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


atexit.register(_fall_silent)
_draw_once()
# Catalogues, and what Babel knows of a language, are read when something is first said or written
# in it.
for _language in PACKAGED:
    translations(package_catalogue(PACKAGE, _language))
    number(1.5, _language, 1)
    day(date(2007, 9, 30), _language)
# pandas asks when it is imported whether it is in a notebook; here it is not, but its forks are.
pd.set_option("display.max_columns", 20)
# What is there now stays: a fork's garbage collector need not visit it, and so copies no pages.
gc.collect()
gc.freeze()
# Collect less often: a kernel lives for seconds, and a figure is tens of thousands of objects.
gc.set_threshold(50_000, 10, 10)
