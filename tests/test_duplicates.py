"""What stands twice: differing labels, and leaks between splits."""

from claimclf.articles import Article, Sentence, Span
from claimclf.duplicates import Place, _articles, pairs
from claimclf.labels import LABELS

FACT, CLAIM, DENIAL, _ = LABELS
LONG = "The council shut the old bridge over the Orrin on Monday morning."


def article(name, text, label, also=(), story=""):
    return Article(name, text, (Sentence(Span(0, len(text)), label, also),), story)


def kinds(splits):
    return [(p.kind, p.first.article.id, p.second.article.id) for p in pairs(splits)]


def test_the_same_words_with_another_label():
    shouted = LONG.upper().rstrip(".") + "!"
    assert kinds({"": [article("a", LONG, FACT), article("b", shouted, CLAIM)]}) == [("labels differ", "a", "b")]
    assert kinds({"": [article("a", LONG, FACT), article("b", shouted, FACT)]}) == []


def test_nearly_the_same_words():
    near = LONG.replace("Monday morning", "Monday")
    (pair,) = pairs({"": [article("a", LONG, FACT), article("b", near, DENIAL)]})
    assert 0.6 <= pair.similarity < 1
    assert kinds({"": [article("a", LONG, FACT), article("b", "The mayor opened a new school.", DENIAL)]}) == []


def test_a_label_that_can_be_defended_is_no_different_one():
    assert kinds({"": [article("a", LONG, FACT, (CLAIM,)), article("b", LONG, CLAIM)]}) == []


def test_short_sentences_stand_in_many_articles():
    assert kinds({"": [article("a", "He denied it.", FACT), article("b", "He denied it.", DENIAL)]}) == []


def test_leaks_are_told_once_each_for_the_plainest_reason():
    body = " ".join(f"Part {n} tells of harbour {n * n}." for n in range(40))
    train = [article("a", body, FACT), article("b", "Quite another text on pears.", FACT, story="s")]
    dev = [article("a", body, FACT), article("c", body + " More.", FACT), article("d", "On apples.", FACT, story="s")]
    assert kinds({"train": train, "dev": dev}) == [
        ("article in two splits", "a", "c"),
        ("same id", "a", "a"),
        ("same story", "b", "d"),
    ]


def test_a_sentence_in_two_splits_whose_articles_are_unlike():
    other = " ".join(f"harbour {n * n} and pilot {7 * n}" for n in range(40))
    both = f"{LONG} {other}"
    one = Article("b", both, (Sentence(Span(0, len(LONG)), CLAIM),))
    found = kinds({"train": [article("a", LONG, FACT)], "dev": [one]})
    assert found == [("labels differ", "a", "b"), ("sentence in two splits", "a", "b")]
    assert kinds({"train": [article("a", LONG, FACT)], "dev": []}) == []


def test_places_are_gone_through_a_few_times_and_not_once_a_place():
    class Counted(list):
        times = 0

        def __iter__(self):
            self.times += 1
            return super().__iter__()

    places = Counted(Place(article(f"a{n}", f"Harbour {n * n}.", FACT), None, "ab"[n % 2]) for n in range(40))
    assert list(_articles(places)) == []
    assert places.times < 10
