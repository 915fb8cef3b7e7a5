"""The texts for `behaviour`.

They were written before any model was asked, and stay as they are: what a model fails at is a result, too.
"""

import re
from collections.abc import Iterator
from itertools import product

from sentiment.evaluation.behaviour import DIRECTION, FUNCTIONALITY, INVARIANCE, Case

GOOD = ("wonderful", "brilliant", "gripping", "charming", "moving", "hilarious", "superb", "beautiful")
BAD = ("terrible", "boring", "dreadful", "dull", "laughable", "tedious", "awful", "pointless")
THINGS = ("film", "story", "performance")

# By the label they should get; {good} and {bad} stand for the words above, {thing} for THINGS.
NEGATED_PRAISE = {
    "negative": (
        "The {thing} is not good.",
        "The {thing} is not interesting at all.",
        "I don't think that the {thing} is any good.",
        "I did not like the {thing}.",
        "Nobody could call the {thing} convincing.",
        "The {thing} is neither original nor entertaining.",
    )
}
NEGATED_COMPLAINT = {
    "positive": (
        "The {thing} is never boring.",
        "There is nothing dull about the {thing}.",
        "Don't let anyone tell you that the {thing} is bad.",
        "Not for a moment did I find the {thing} tedious.",
        "I can't find a single fault with the {thing}.",
        "The {thing} is not bad at all.",
    )
}
CONTRAST = {
    "positive": (
        "I expected something {bad}, but it was {good}.",
        "The trailer looked {bad}, but the film itself is {good}.",
        "Although it starts out {bad}, it turns into something {good}.",
    ),
    "negative": (
        "I expected something {good}, but it was {bad}.",
        "The trailer looked {good}, but the film itself is {bad}.",
        "Although it starts out {good}, it turns into something {bad}.",
    ),
}
COMPARISON = {
    "positive": (
        "I have never seen a better {thing}.",
        "The {thing} is far better than I had dared to hope.",
        "Few others can compare with this {thing}.",
        "It doesn't get any better than this {thing}.",
    ),
    "negative": (
        "I have never seen a worse {thing}.",
        "The {thing} is far worse than I had feared.",
        "Almost any other is better than this {thing}.",
        "It doesn't get any worse than this {thing}.",
    ),
}
TIME = {
    "positive": (
        "I used to find this film {bad}, but now I think it is {good}.",
        "At first it seemed {bad} to me; today I find it {good}.",
    ),
    "negative": (
        "I used to find this film {good}, but now I think it is {bad}.",
        "At first it seemed {good} to me; today I find it {bad}.",
    ),
}
OTHERS = {
    "positive": (
        "My brother calls it {bad}. I disagree: it is {good}.",
        "The critics say that it is {bad}, and they are wrong.",
    ),
    "negative": (
        "My brother calls it {good}. I disagree: it is {bad}.",
        "The critics say that it is {good}, and they are wrong.",
    ),
}

# To be changed in ways that a reader would not mind.
REVIEWS = (
    "{name} plays the doctor with great warmth. The story kept me guessing until the very last scene.",
    "I laughed from beginning to end. The dialogue is sharp and {name} is a joy to watch.",
    "What a lovely surprise. {name} directs with a light hand, and the music stays with you for days.",
    "We watched it twice in one weekend. {name} has never been better, and the ending made us cry.",
    "{name} looks bored in every scene. The plot makes no sense and the jokes fall flat.",
    "I walked out after an hour. The script is a mess and {name} can do nothing to save it.",
    "Two hours of my life that I will never get back. {name} should have stayed at home.",
    "The effects look cheap and the dialogue is painful. Even {name} seems to know how bad it is.",
)
NAMES = (("Michael", "Mohammed"), ("Emma", "Aisha"), ("John", "Maria"), ("Sarah", "Wei"))
NEUTRAL = (
    "I saw it on a Tuesday.",
    "It runs for about two hours.",
    "My sister came along.",
    "It was filmed in Canada.",
)

# What someone might begin with who has not said yet how it was; then praise or a complaint is added.
PLAIN = (
    "I saw this film last night with two friends.",
    "This is the second film by the same director.",
    "The story is about a family that moves to the country.",
    "It starts slowly, and some scenes are better than others.",
    "The first half is funny, the second half is not.",
)
PRAISE = ("I loved it.", "It is a masterpiece.", "You really should see it.", "Nine out of ten from me.")
COMPLAINT = (
    "I hated it.",
    "It is a waste of time.",
    "You really should avoid it.",
    "Two out of ten from me.",
)


def cases() -> list[Case]:
    """All of them, always the same."""
    return [*_functionality(), *_invariance(), *_direction()]


def _functionality() -> Iterator[Case]:
    for thing, (label, words) in product(THINGS, (("positive", GOOD), ("negative", BAD))):
        for word in words:
            yield Case(FUNCTIONALITY, "vocabulary", f"The {thing} is {word}.", label)
    for capability, templates in (
        ("negated praise", NEGATED_PRAISE),
        ("negated complaint", NEGATED_COMPLAINT),
        ("contrast", CONTRAST),
        ("comparison", COMPARISON),
        ("then and now", TIME),
        ("opinions of others", OTHERS),
    ):
        for label, some in templates.items():
            for template in some:
                for text in _filled(template):
                    yield Case(FUNCTIONALITY, capability, text, label)


def _filled(template: str) -> Iterator[str]:
    """The template with each thing in, or with each of four words and its opposite."""
    if "{thing}" in template:
        yield from (template.format(thing=thing) for thing in THINGS)
    else:
        yield from (
            template.format(good=good, bad=bad) for good, bad in list(zip(GOOD, BAD, strict=True))[:4]
        )


def _invariance() -> Iterator[Case]:
    for review, (name, other) in product(REVIEWS, NAMES):
        yield _unchanged("names", review.format(name=name), review.format(name=other))
    for number, review in enumerate(REVIEWS):
        text = review.format(name=NAMES[number % len(NAMES)][0])
        for typo in range(3):
            yield _unchanged("typos", text, _misspelt(text, typo))
        for phrase in NEUTRAL:
            yield _unchanged("neutral phrases", text, f"{text} {phrase}")
        for changed in (
            text.upper(),
            text.lower(),
            text.replace(". ", ".<br /><br />"),
            f"<p>{text}</p>",
            text.replace(".", "!"),
            re.sub("[.,]", "", text),
        ):
            yield _unchanged("form", text, changed)


def _unchanged(capability: str, text: str, changed: str) -> Case:
    return Case(INVARIANCE, capability, text, "same", changed)


def _misspelt(text: str, which: int) -> str:
    """`text` with two letters swapped inside a longer word of its first, second or last third."""
    words = list(re.finditer(r"\b[a-z]{5,}\b", text))
    word = words[which * len(words) // 3]
    at = next(at for at in range(word.start() + 1, word.end()) if text[at] != text[at + 1])
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _direction() -> Iterator[Case]:
    for capability, expected, added in (
        ("praise added", "higher", PRAISE),
        ("complaint added", "lower", COMPLAINT),
    ):
        for text, phrase in product(PLAIN, added):
            yield Case(DIRECTION, capability, text, expected, f"{text} {phrase}")
