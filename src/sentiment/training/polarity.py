"""Which way an opinion word points where it stands: negated or not, compared, conceded, or said by others."""

from collections.abc import Mapping
from dataclasses import dataclass

from sentiment.data.negation import ends_clause, negates

SCOPE = 8  # words that a negator reaches within its clause
PHRASES = frozenset((("far", "from"), ("anything", "but"), ("by", "no", "means"), ("no", "longer")))
# What begins like a negator and is none: "not only good", "nothing short of great", "can't wait".
IDIOMS = frozenset(
    (
        *(("not", "only"), ("not", "just"), ("not", "to", "mention"), ("no", "doubt"), ("no", "wonder")),
        *(("no", "matter"), ("nothing", "short"), ("nothing", "but"), ("nothing", "less")),
        *(("can't", "wait"), ("can't", "help"), ("couldn't", "help"), ("can't", "believe")),
    )
)
COMPARATIVES = frozenset(
    (
        *("better", "worse", "funnier", "lamer", "smarter", "dumber", "stronger", "weaker", "greater"),
        *("happier", "angrier", "duller", "uglier", "warmer", "grander", "stupider", "truer", "safer"),
    )
)
DENIALS = frozenset(("not", "no", "nor", "neither", "isn't", "wasn't", "aren't", "weren't"))
ABILITY = frozenset(("can", "could"))  # "could not be better" says that it is best
WISHES = frozenset(("could", "should", "would", "might", "deserves", "deserved", "seen", "expected", "hoped"))
UNREAL = frozenset(("could", "should", "would", "might"))
THIS = frozenset(("this", "that", "these"))
NEARBY = 5  # words that tell how a comparative is meant

BUT = frozenset(("but", "yet", "however", "nevertheless"))
CONCESSIONS = frozenset(("although", "though", "while", "despite"))
OTHERS = frozenset(
    (
        *("critics", "people", "everyone", "everybody", "others", "friends", "reviewers", "reviews", "they"),
        "trailer",
    )
)
HOPES = frozenset(("expected", "expecting", "hoped", "hoping", "thought", "wanted", "supposed", "promised"))
SELF = frozenset(("i", "me", "my", "i'm", "i've"))

Words = list[tuple[list[str], int]]  # such as "funny" or "dull scene", and their polarity, 1 or -1
Spans = tuple[tuple[int, int], ...]  # of words: place and number of each


@dataclass(frozen=True)
class Found:
    """An opinion word: its place, its polarity there (1 or -1), and the negators that turn it round."""

    place: int
    polarity: int
    negators: Spans


def negator(words: list[str], place: int) -> int:
    """The number of words of the negator that begins at `place`, or 0."""
    starts = {tuple(words[place : place + length]) for length in (2, 3)}
    if starts & IDIOMS:
        return 0
    phrase = next((one for one in starts if one in PHRASES), ())
    return len(phrase) or int(negates(words[place]))


def find(words: list[str], polarity: Mapping[str, int]) -> list[Found]:
    """The opinion words in `words`, in order."""
    found: list[Found] = []
    negators: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        word = words[place]
        if length := negator(words, place):
            negators.append((place, length))
            place += length
            continue
        if word in polarity:
            near = tuple(one for one in negators if place - one[0] <= SCOPE)
            sign, turning = _meant(words, place, near)
            found.append(Found(place, polarity[word] * sign * (-1) ** len(turning), turning))
        elif ends_clause(word):
            negators = []
        place += 1
    return found


def _meant(words: list[str], place: int, near: Spans) -> tuple[int, Spans]:
    """1, or -1 for an opinion word that is meant the other way by itself; and which negators turn it round.

    `near` are the negators that reach it.
    """
    denials = tuple(one for one in near if denies(words, one[0]))
    if words[place] in COMPARATIVES:
        return -1 if not near and is_missed(words, place) else 1, denials
    if is_unreal(words, place):
        return -1, near
    return 1, denials if "more" in words[max(0, place - 2) : place] else near


def denies(words: list[str], place: int) -> bool:
    """Whether the negator at `place` makes a comparative its opposite."""
    return words[place] in DENIALS and not (place and words[place - 1] in ABILITY)


def is_unreal(words: list[str], place: int) -> bool:
    """Whether the opinion word at `place` tells what might have been: "should have been great"."""
    before = words[max(0, place - NEARBY) : place]
    return "been" in before and not UNREAL.isdisjoint(before[: before.index("been")])


def is_missed(words: list[str], place: int) -> bool:
    """Whether the comparative at `place` speaks of something else: "could have been better than this"."""
    after = words[place + 1 : place + 1 + NEARBY]
    compared = after[after.index("than") :] if "than" in after else []
    return not WISHES.isdisjoint(words[max(0, place - NEARBY) : place]) or not THIS.isdisjoint(compared)


def verdict(words: list[str], polarity: Mapping[str, int]) -> int:
    """The sum over the opinion words of a sentence that count, or over all if none does."""
    found = find(words, polarity)
    ignored = conceded(words) | of_others(words)
    counting = [one for one in found if one.place not in ignored]
    return sum(one.polarity for one in counting or found)


def conceded(words: list[str]) -> set[int]:
    """The places of what is said before a "but", or between an "although" and the end of its clause."""
    buts = (
        place for place, word in enumerate(words) if word in BUT and not negator(words, max(0, place - 1))
    )
    places = set(range(max(buts, default=0)))
    conceding = False
    for place, word in enumerate(words):
        conceding = (conceding or word in CONCESSIONS) and not (ends_clause(word) and word not in CONCESSIONS)
        if conceding:
            places.add(place)
    return places


def of_others(words: list[str]) -> set[int]:
    """The places of clauses that tell what others say, or what was hoped for."""
    places: set[int] = set()
    for start, end in clauses(words):
        clause = set(words[start:end])
        if clause & HOPES or (clause & OTHERS and not clause & SELF):
            places |= set(range(start, end))
    return places


def clauses(words: list[str]) -> list[tuple[int, int]]:
    """Start and end of each clause."""
    ends = [place for place, word in enumerate(words) if ends_clause(word)]
    return list(zip([0, *ends], [*ends, len(words)], strict=True))
