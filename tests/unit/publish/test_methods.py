"""What is said of a method is said once, beside the function, and nowhere else."""

import importlib

from evalbook.models.method import Declared, method
from evalbook.publish.methods import MARKER, declared, listed, reference
from evalbook.text.language import Text
from tests.conftest import ROOT

PACKAGES = ["evalbook", "nychance"]


def test_the_reference_says_what_the_functions_declare():
    page = (ROOT / "docs" / "reference" / "measures.md").read_text(encoding="utf-8")
    assert page.partition(MARKER)[2].strip() == reference(PACKAGES)


def test_each_declaration_names_the_function_that_it_stands_beside():
    found = list(declared(PACKAGES))
    assert len({each.function for each in found}) == len(found) > 40
    for each in found:
        module, _, name = each.function.rpartition(".")
        assert isinstance(getattr(importlib.import_module(module), name), Declared)


def test_each_declaration_is_said_in_both_languages():
    for each in declared(PACKAGES):
        said = each.within(["da", "en"])
        texts = [said[part] for part in ("name", "formula", "unit", "interval", "source")]
        assert all(text["da"] and text["en"] for text in texts)


def test_the_list_in_the_report_has_a_method_once_with_all_its_parts():
    @method(
        Text("Antal", "Count"),
        formula=Text("n", "n"),
        unit=Text("skoler", "schools"),
        interval=Text("intet", "none"),
        source="The list of schools",
    )
    def count():
        return 3

    assert count() == 3
    text = listed({"own.count": count.method.within(["da", "en"])}, "en")
    assert "Count\n:   n." in text
    assert "schools" in text and "none" in text and "The list of schools" in text
