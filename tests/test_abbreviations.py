"""Abbreviations: what they are, and where a sentence ends after one."""

import pytest

from claimclf.abbreviations import ends_sentence, opens_sentence
from claimclf.sentences import split

RULES = {
    "titles": [
        "He met Lt. Gov. Ana Roy and Reps. Bo Lin and Cy Dee. | They argued.",
        "Dr. Oye, Prof. Li, Mr. Hart, Mrs. Hart, Sgt. Pike, Col. Rao and Sen. Vo came.",
        "Gen. “Iron” Moss and Rep. The Honourable Kay sat down.",
        "A complaint by GEN. SMITH was filed.",
    ],
    "initials": [
        "The paper cites J. K. Rowe and P. J. Dunn. | Both declined.",
        "George W. Marsh flew to William P. Moss Airport.",
        "They fell back on plan B. | The vote passed.",
        "A. The first question was put.",
        "IV. The council met.",
        "The plane left runway 28L. | Two tyres burst.",
    ],
    "countries": [
        "The U.S. Senate met. | U.S. Secretary of State Ira Voss spoke.",
        "He left the U.S. | The visa had run out.",
        "She returned to the U.S. | “I had to,” she said.",
        "The U.S. “deal” collapsed.",
        "It went to the U.N. General Assembly. | A vote followed.",
        "The U.S. | But others stayed.",
        "the U.S. IT sector grew.",
    ],
    "clock": [
        "It began at 9 a.m. Monday. | It ended at 5 p.m. | Police cleared the hall.",
        "The shop shut at 5p.m. | Police came.",
        "It rang at 1 p.m. Arizona time and at 6 p.m. GMT. | Nobody answered.",
        "It closed at 6 p.m. | This time nobody came.",
        "They left at 7 p.m. local time.",
    ],
    "companies, places, generations, months": [
        "He runs Orbo Inc. | The firm is old. | Orbo Inc. Chief Executive Jo Day resigned.",
        "Lumo Corp. and Vanta Co. Ltd. Holdings merged.",
        "Sam Reed Jr. Park reopened. | He spoke for Sam Reed Jr. | She did not.",
        "It was built in Jan. | The roof came in Feb. 2003, the doors on Sept. 11.",
        "They met in Springfield, Ill. | The mayor fell ill. | Voters waited.",
        "She lives in St. Anselm. | He lives on Main St. | The house is red.",
    ],
    "numbers": [
        "She is No. 2 on the list. | The answer was no. | Critics groaned.",
        "See Art. 5 and fig. 3. | It hung in the Museum of Art. | Visitors came.",
    ],
    "connectives": [
        "It is Rovia vs. Selm. | Fans, e.g. Anna, i.e. me, came.",
        "They sold hats, scarves, etc. | Nobody bought. | Hats, etc. are cheap.",
    ],
}


@pytest.mark.parametrize("example", [e for examples in RULES.values() for e in examples])
def test_the_next_word_decides(example):
    text, expected = example.replace(" | ", " "), example.split(" | ")
    assert [span.of(text) for span in split(text)] == expected


def test_what_opens_a_sentence():
    assert opens_sentence("It's over") and opens_sentence("A vote") and opens_sentence("I know")
    assert not any(map(opens_sentence, ["", "“", "the", "Senate", "IN TALKS", "All-Star Game", "AND"]))


def test_what_ends_a_sentence():
    assert ends_sentence("lead", "The") is None
    assert ends_sentence("Mass", "Gov") is False
    assert ends_sentence("mass", "Gov") is None
    assert ends_sentence("PH.D", "The") is True
