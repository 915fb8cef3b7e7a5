"""Each rule by which a verdict turns round, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from opinionated import VOCABULARY, made, reverser, texts

from sentiment.data.vocabulary import Vocabulary
from sentiment.training.reversal import FAR, NEAR

SEEDS = range(60)
NEGATORS = {*NEAR, *FAR}


@pytest.fixture(scope="module")
def swapping():
    """The rule where no opinion word gets a negator."""
    return reverser(negated=0.0)


@pytest.fixture(scope="module")
def negating():
    """The rule where all of them do."""
    return reverser(negated=1.0)


def turned(rule, text, seed=0, vocabulary=VOCABULARY):
    """A text with its verdict reversed, or None."""
    copies = rule.copies(made(text, vocabulary=vocabulary), np.random.default_rng(seed))
    return texts(copies, vocabulary)[0] if len(copies) else None


def all_turned(rule, text):
    return {turned(rule, text, seed) for seed in SEEDS}


def without_one_negator(text):
    """What is left of a text, word by word, without the negator that the rule has put in."""
    words = text.split()
    [place] = [place for place, word in enumerate(words) if word in NEGATORS]
    return words[:place] + words[place + 1 :], place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the film is good", "the film is bad"),
        ("bad music , great film", "good music , terrible film"),
        ("a better film", "a worse film"),
        ("good", "bad"),
        # an unknown word stays where it is
        ("frobnicated good", "<unknown> bad"),
    ],
)
def test_opinion_words_turn_into_their_opposites(swapping, text, expected):
    assert turned(swapping, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the film is not good", "the film is good"),
        ("the film isn't good", "the film is good"),
        ("i don't do good", "i do do good"),
        ("never good", "always good"),
        ("not a good film", "a good film"),
        ("without good music", "with good music"),
        ("hardly good", "good"),  # "really" is not in the vocabulary: nothing is left
        ("never good , never bad", "always good , always bad"),
    ],
)
def test_a_negator_with_an_opinion_word_goes_and_the_word_stays(swapping, negating, text, expected):
    assert turned(swapping, text) == turned(negating, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not good and great", "good and great"),
        ("good not bad", "bad bad"),
        ("not a film that is not good", "not a film that is good"),
        ("the film is far from good", "the film is good"),
        ("the film is not only good", "the film is not only bad"),
    ],
)
def test_it_goes_for_all_opinion_words_in_its_scope(text, expected):
    vocabulary = replace(VOCABULARY, tokens=(*VOCABULARY.tokens, "far", "from", "only", "that"))
    assert turned(reverser(0.0, vocabulary), text, vocabulary=vocabulary) == expected


def test_a_phrase_can_negate():
    vocabulary = replace(VOCABULARY, tokens=(*VOCABULARY.tokens, "far", "from"))
    found = {turned(reverser(1.0, vocabulary), "the film is good", seed, vocabulary) for seed in SEEDS}
    assert "the film is far from good" in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not , good", "not , bad"),
        ("not the film . good", "not the film . bad"),
        (f"not {'the film ' * 10}good", f"not {'the film ' * 10}bad"),
        ("good film not", "bad film not"),
    ],
)
def test_a_negator_stays_where_no_opinion_word_is_in_its_scope(swapping, text, expected):
    assert turned(swapping, text) == expected


def test_a_conjunction_ends_its_scope(swapping):
    assert all_turned(swapping, "not the film but good") == {
        "not the film but bad",
        "not the film and bad",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not better", "better"),
        ("the film isn't worse", "the film is worse"),
        # "never better" is the best of all
        ("never better", "never worse"),
        ("never worse", "never better"),
    ],
)
def test_comparatives_are_turned_round_by_a_denial_alone(swapping, text, expected):
    assert turned(swapping, text) == expected


def test_a_comparative_gets_a_not_right_before_it(negating):
    """Not a "never", which would make it better still."""
    assert all_turned(negating, "the film was a better film") == {"the film was a not better film"}
    assert all_turned(negating, "never worse") == {"never not worse"}


@pytest.mark.parametrize(
    "text", ["the film is good", "i loved a great film", "good", "a terrible film was a film"]
)
def test_a_negator_is_put_before_the_opinion_word(negating, text):
    word = next(place for place, one in enumerate(text.split()) if one in ("good", "great", "terrible"))
    found = all_turned(negating, text)
    assert len(found) > 1  # several negators, in several places
    for one in found:
        rest, place = without_one_negator(one)
        assert rest == [name if name in VOCABULARY.ids else "<unknown>" for name in text.split()]
        assert place <= word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the film is good", "the film is not good"),
        ("the film is a good film", "the film is not a good film"),
        ("a good film", "not a good film"),
        ("i the good", "i not the good"),
        ("good", "not good"),
    ],
)
def test_it_often_stands_where_english_puts_it(negating, text, expected):
    """Behind an auxiliary or a subject, or before a determiner."""
    found = [turned(negating, text, seed) for seed in range(200)]
    assert max(set(found), key=found.count) == expected


def test_it_does_not_leave_the_clause(negating):
    for one in all_turned(negating, "the film is the film , the music is good"):
        assert one.startswith("the film is the film , ")
    assert all_turned(negating, "the film . good") == {
        f"the film . {negator} good" for negator in NEAR if negator in VOCABULARY.ids
    }


def test_reversed_twice_a_denial_of_an_adjective_is_the_text_again(negating, swapping):
    text = "the film is good"
    for seed in SEEDS:
        once = turned(negating, text, seed)
        if " not " in once:
            assert turned(swapping, once) == text


def test_but_turns_into_and_where_something_else_turns_too(swapping):
    assert all_turned(swapping, "good but bad") == {"bad but good", "bad and good"}


@pytest.mark.parametrize("text", ["", "the film is", "not the film .", "the film but music", "frobnicated"])
def test_nothing_changes_a_text_without_an_opinion(swapping, negating, text):
    for rule in (swapping, negating):
        assert turned(rule, text) is None


def test_the_seed_decides():
    rule = reverser(negated=0.5)
    text = "the film is good but the music was a great music ."
    assert len(all_turned(rule, text)) > 10
    assert [turned(rule, text, seed) for seed in SEEDS] == [turned(rule, text, seed) for seed in SEEDS]


def test_the_share_of_opinion_words_that_are_negated():
    text = " ".join(["the film is good ."] * 60)
    for share in (0.25, 0.75):
        words = turned(reverser(negated=share), text).split()
        assert words.count("good") + words.count("bad") == 60
        assert words.count("good") / 60 == pytest.approx(share, abs=0.15)


def test_copies_have_the_other_label_and_those_without_an_opinion_none(swapping):
    some = made("the film is good", "the film", "bad music", "not", labels=(1, 1, 0, 0))
    copies = swapping.copies(some, np.random.default_rng(0))
    assert texts(copies) == ["the film is bad", "good music"]
    assert (copies.labels.tolist(), copies.rows.tolist()) == ([0, 1], [10, 12])
    assert (copies.ids.dtype, copies.labels.dtype, copies.rows.dtype) == (np.int32, np.int8, np.int32)
    assert texts(some)[0] == "the film is good"


@pytest.mark.parametrize("reviews", [made("the film", "music"), made()], ids=["no opinion", "no reviews"])
def test_there_may_be_no_copies(swapping, reviews):
    copies = swapping.copies(reviews, np.random.default_rng(0))
    assert len(copies) == 0
    assert (copies.ids.dtype, copies.offsets.tolist()) == (np.int32, [0])


@pytest.mark.parametrize("more", [(), ("never",), ("but",)], ids=str)
def test_in_a_vocabulary_without_a_not_every_opinion_word_is_swapped(more):
    """A "never" would turn no comparative round; and no "but" turns into an "and" that is not there."""
    vocabulary = Vocabulary(
        "regexp", True, 400, 0.5, ("film", "music", "good", "bad", "better", "worse", *more)
    )
    train = made(*["film", "music"] * 5, labels=(1, 0) * 5, vocabulary=vocabulary)
    rule = reverser(1.0, vocabulary, train)
    but = "but" if "but" in more else "<unknown>"
    found = {turned(rule, "good film but better", seed, vocabulary) for seed in SEEDS}
    assert found == {f"bad film {but} worse"}
