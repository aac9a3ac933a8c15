import pytest

from evalbook.report.wording import Wording, write_numbers
from evalbook.text.language import Text

NAMES = {
    "method": Text(da="Metodekommuner", en="Method municipalities"),
    "passive": Text(da="Passive", en="Passive persons"),
    "1": Text(da="Match 1", en="Match 1"),
}
DANISH = {
    "Per cent": "Pct.",
    "met": "nået",
    "Since checkpoint {number}": "Siden {number}. nedslag",
    "{number} of {number2} persons": "{number} ud af {number2} personer",
    "Share of persons who have left benefit": "Andel personer, der har forladt ydelse",
}
WORDING = Wording(NAMES, lambda text, language: DANISH.get(text), ["da", "en"])


@pytest.mark.parametrize(
    ("text", "danish", "english"),
    [
        ("method", "Metodekommuner", "Method municipalities"),
        ("Per cent", "Pct.", "Per cent"),
        ("0.25", "0,25", "0.25"),
        ("−1.5", "−1,5", "−1.5"),
        ("1,204", "1.204", "1,204"),
        ("20000", "20.000", "20,000"),
        ("2008", "2008", "2008"),
        ("31.2%", "31,2\N{NO-BREAK SPACE}pct.", "31.2%"),
        ("Sep 2008", "sep. 2008", "Sept 2008"),
        ("Sep\n2008", "sep.\n2008", "Sept\n2008"),
        ("30 September 2008", "30. september 2008", "30 September 2008"),
        ("2008-09", "sep. 2008", "Sept 2008"),
        ("Since checkpoint 4", "Siden 4. nedslag", "Since checkpoint 4"),
        ("19 of 1,000 persons", "19 ud af 1.000 personer", "19 of 1,000 persons"),
        ("31.2% · met", "31,2\N{NO-BREAK SPACE}pct. · nået", "31.2% · met"),
        ("method (n = 12)", "Metodekommuner (n = 12)", "Method municipalities (n = 12)"),
        ("method, passive", "Metodekommuner, Passive", "Method municipalities, Passive persons"),
    ],
)
def test_a_text_is_said_in_each_language(text, danish, english):
    assert (WORDING.say(text, "da"), WORDING.say(text, "en")) == (danish, english)


def test_a_text_broken_into_lines_is_known_by_its_words_and_broken_again():
    said = WORDING.say("Share of persons who\nhave left benefit", "da")
    assert said is not None
    assert said.replace("\n", " ") == "Andel personer, der har forladt ydelse"
    assert "\n" in said


def test_a_number_beside_a_mark_is_no_key():
    assert WORDING.say("1", "da") == "Match 1"
    assert WORDING.say("1", "da", key=False) == "1"


@pytest.mark.parametrize("text", ["tiem-in-activity", "Per cnet", "method, unknwon"])
def test_what_nothing_says_is_missing(text):
    assert WORDING.say(text, "da") is None


def test_numbers_keep_their_decimals():
    assert write_numbers("0.50 to 12.0", "da") == "0,50 to 12,0"
