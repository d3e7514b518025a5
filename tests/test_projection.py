from claimclf.articles import Span
from claimclf.labels import Label
from claimclf.projection import project

F, C, D, S = Label
TEXT = "The council met on Monday. It may close the bridge. Nobody was hurt."
FIRST, SECOND, THIRD = Span(0, 26), Span(27, 51), Span(52, 68)


def labels(marks, spans=None):
    found = project(TEXT, marks, spans)
    return [s.label for s in found.sentences], {k: v for k, v in found.counts.items() if v}


def test_a_whole_sentence():
    assert labels([(SECOND, S)]) == ([None, S, None], {"whole sentence": 1, "unlabelled sentence": 2})


def test_a_part_labels_the_sentence_it_lies_in():
    assert labels([(Span(30, 33), S)])[0] == [None, S, None]
    assert labels([(Span(30, 33), S)])[1]["part of a sentence"] == 1


def test_several_sentences_are_those_of_which_half_is_covered():
    assert labels([(Span(10, 51), C)])[0] == [C, C, None]
    assert labels([(Span(20, 51), C)])[0] == [None, C, None]  # of the first only its end
    assert labels([(Span(0, 68), C)])[1]["several sentences"] == 1


def test_two_labels_are_ordered_by_the_questions():
    found = project(TEXT, [(FIRST, F), (FIRST, D), (Span(4, 11), C)])
    assert (found.sentences[0].label, found.sentences[0].also) == (D, (C, F))
    assert found.counts["two labels in a sentence"] == 1


def test_a_mark_across_a_boundary_that_covers_half_of_nothing():
    assert labels([(Span(19, 29), C)])[0] == [C, None, None]


def test_boundaries_that_are_given():
    assert labels([(SECOND, S)], [Span(0, 68)])[0] == [S]
