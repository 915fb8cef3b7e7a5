"""Write sample.csv beside this file: `python data/make_sample.py`.

Invented film reviews in the format of Kaggle's IMDb 50k, in which word order decides the label. More
than half of them have one good word and one bad word, each in a clause of its own. Only the frame around
the two clauses tells which is the verdict ("everyone at work had told me that …. Having seen it myself, I
know that …"), and it stays three words away from either word: to a model of words or short n-grams,
positive and negative reviews look the same.

All random choices use `random()`, the only method whose sequence Python guarantees never to change.
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

SEED = 1895  # the year of the first film shown to a paying public
UNIQUE = 5900  # reviews that remain after cleaning, half of them positive
EXACT = 48  # repeated byte for byte
REFORMATTED = 46  # repeated with other HTML or white space
CONTRADICTING = 3  # further texts, which occur once with each label

LABELS = ("positive", "negative")


def split_list(text: str) -> list[str]:
    """Split a list at its commas."""
    return text.split(", ")


def pick(rng: Random, items: Sequence[str]) -> str:
    """Return one of `items`."""
    return items[int(rng.random() * len(items))]


WORDS = {
    "positive": split_list(
        "superb, gripping, moving, charming, brilliant, wonderful, delightful, clever, touching, thrilling, "
        "excellent, beautiful, splendid, convincing, magnificent, captivating, inspired, marvellous, "
        "graceful, unforgettable"
    ),
    "negative": split_list(
        "dull, tedious, clumsy, awful, dreadful, boring, terrible, lifeless, shallow, pointless, ridiculous, "
        "laughable, muddled, lazy, unbearable, horrible, embarrassing, feeble, tiresome, forgettable"
    ),
}
RATINGS = {"positive": ["eight", "nine"], "negative": ["two", "three"]}
OPPOSITE = {"positive": "negative", "negative": "positive"}

# A clause separates its good or bad word from the frame by three words on both sides.
SUBJECTS = split_list(
    "the story, the acting, the dialogue, the script, the direction, the whole film, the second half, "
    "the camera work, the main plot, the cast, the music, the ending, the pacing, the opening hour"
)
VERBS = ["was", "was", "felt", "seemed"]
ADVERBS = ["", "", "", "really ", "truly ", "simply "]
TAILS = split_list(
    "from start to finish, in nearly every scene, all the way through, from the first minute on, "
    "right to the last frame, for the most part, on every level, most of the time"
)

# {v} is the verdict; {d}, what others say or what was expected, has the opposite label.
CONTRASTS = [
    "I expected to write that {d}, but now I have to write that {v}.",
    "everyone at work had told me that {d}. Having seen it myself, I know that {v}.",
    "at first it looked as if {d}, but by the end there was no doubt that {v}.",
    "the trailer promises that {d}. The truth is that {v}.",
    "some critics wrote that {d}. They must have seen another film, because {v}.",
    "I had prepared for an evening in which {d}; instead, {v}.",
    "it is not at all the case that {d}: on the contrary, {v}.",
    "anyone who thinks that {d} was asleep, for {v}.",
    "{v}, even though the papers had insisted that {d}.",
    "I can assure you that {v}, no matter how many people swear that {d}.",
    "{v}, which is the reverse of what my sister claimed, namely that {d}.",
    "now I know that {v}. I can't understand those who repeat that {d}.",
    "{v}, so do not listen to the fans or the foes who shout that {d}.",
]
# One clause, denied by the frame.
DENIALS = [
    "nobody in their right mind could claim that {d}.",
    "I don't believe for a moment that {d}.",
    "it would be a plain lie to say that {d}.",
]
# Here a bag of words is right: one clause, or two with the same label ({v} and {w}).
AGREEMENTS = [
    "I have to say that {v}.",
    "in my opinion {v}.",
    "{v}, and I would say so to anybody.",
    "everyone at work had told me that {v}, and they were right: {w}.",
    "some critics wrote that {v}. I agree with them, because {w}.",
    "{v}, and on top of that {w}.",
]
# Negation next to the word, which n-grams can learn.
NEGATIONS = [
    "{s} was not {a} at all.",
    "{s} was far from {a}.",
    "{s} was anything but {a}.",
    "{s} was never {a}, not even once.",
]

TITLES = split_list(
    "The Lantern Keepers, Salt & Ivory, A Winter in Marlow, Nine Bridges, The Clockmaker's Son, "
    "Café Meridian, Harbour Lights, Dust & Thunder, The Last Ferry, Paper Mountains, The Orchard Gate, "
    "Red Signal, Midnight at the Station, Cold River, The Glass Piano, Bread & Matches, "
    "Seven Umbrellas, Beyond Elm Street"
)
GENRES = split_list(
    "thriller, western, comedy, war film, musical, romance, crime drama, ghost story, road movie, fantasy, "
    "silent film, spy film"
)
PEOPLE = split_list(
    "lighthouse keeper, young teacher, retired boxer, train driver, nurse, country doctor, widow, "
    "piano tuner, taxi driver, smuggler, farmer's daughter, night watchman, baker, detective, "
    "violinist, postman"
)
EVENTS = split_list(
    "finds an old letter, goes back to the village, inherits a hotel, loses a suitcase, joins the circus, "
    "crosses the desert, hides a stranger, works at the docks, looks for a lost brother, buys a boat, "
    "moves in with an uncle, witnesses a robbery, sets out for the coast, forgets a name, learns to dance"
)
PLACES = split_list(
    "Leeds, Lisbon, Chicago, Toronto, Dublin, Prague, Cape Town, Melbourne, Oslo, Glasgow, Naples, Bombay"
)
TIMES = split_list(
    "last night, on Sunday, on a rainy Tuesday, on a long flight, last summer, on cable, at a festival, "
    "in an old cinema, over Christmas"
)
COMPANIONS = split_list(
    "my brother, my wife, an old friend, my parents, my neighbours, the kids, some students, my aunt"
)
OPENINGS = [
    "I saw {title} {time}.",
    "we watched {title} {time} with {companion}.",
    "{title} is a {genre} about a {person}.",
    "{title} is set in {place}.",
    "in {title} a {person} {event}.",
    "I rented {title} {time}.",
]
CLOSINGS = [
    "it was filmed in {place}.",
    "I watched it with {companion}.",
    "the {person} {event} twice.",
    "the disc comes with subtitles & a short interview.",
    "it runs for about ninety minutes.",
    "think of a {genre} with a {person} in it.",
    "there is a scene in which a {person} {event}.",
    "the book it is based on is set in {place}.",
]


def clause(rng: Random, subject: str, label: str) -> str:
    """Return a statement about `subject` with one word or rating of `label`."""
    tail = pick(rng, TAILS)
    if rng.random() < 0.08:
        return f"{subject} deserved {pick(rng, RATINGS[label])} out of ten {tail}"
    adjective = pick(rng, WORDS[label])
    return f"{subject} {pick(rng, VERBS)} {pick(rng, ADVERBS)}{adjective} {tail}"


def verdict(rng: Random, label: str) -> str:
    """Return one or two sentences, which decide the label."""
    kind, subject = rng.random(), pick(rng, SUBJECTS)
    frames = (
        CONTRASTS if kind < 0.52 else DENIALS if kind < 0.56 else NEGATIONS if kind < 0.61 else AGREEMENTS
    )
    return pick(rng, frames).format(
        v=clause(rng, subject, label),
        w=clause(rng, subject, label),
        d=clause(rng, subject, OPPOSITE[label]),
        s=subject,
        a=pick(rng, WORDS[OPPOSITE[label]]),
    )


def filler(rng: Random, patterns: Sequence[str], title: str) -> str:
    """Return a sentence that is independent of the label."""
    return pick(rng, patterns).format(
        title=title,
        genre=pick(rng, GENRES),
        person=pick(rng, PEOPLE),
        event=pick(rng, EVENTS),
        place=pick(rng, PLACES),
        time=pick(rng, TIMES),
        companion=pick(rng, COMPANIONS),
    )


def compose(rng: Random, label: str) -> list[str]:
    """Return the sentences of a review; the verdict is mostly within the first 50 tokens."""
    title = pick(rng, TITLES)
    if rng.random() < 0.3:
        title = f'"{title}"'
    sentences = [filler(rng, OPENINGS, title)] if rng.random() < 0.8 else []
    sentences.append(verdict(rng, label))
    closings = sorted(CLOSINGS, key=lambda _: rng.random())
    while closings and rng.random() < 0.33:
        sentences.append(filler(rng, [closings.pop()], title))
    return [sentence[0].upper() + sentence[1:] for sentence in sentences]


def add_markup(rng: Random, sentences: list[str]) -> str:
    """Join the sentences with HTML and white space like Kaggle's, which cleaning removes."""
    text = pick(rng, [" ", " ", "  ", "<br /><br />", "<br /><br />"]).join(sentences)
    if rng.random() < 0.5:
        text = re.sub(rf'(?<!")\b({"|".join(TITLES)}) ', r"<i>\1</i> ", text)
    return text.replace("&", "&amp;") if rng.random() < 0.7 else text


def compose_new(rng: Random, label: str, seen: set[str]) -> list[str]:
    """Return the sentences of a review that is not in `seen`, and add it there."""
    while (text := " ".join(sentences := compose(rng, label))) in seen:
        pass
    seen.add(text)
    return sentences


def reformat(rng: Random, sentences: list[str], text: str) -> str:
    """Join two or more `sentences` with other markup than in `text`."""
    while (other := add_markup(rng, sentences)) == text:
        pass
    return other


def make() -> list[tuple[str, str]]:
    """Return the rows (review, sentiment) in the order of the file."""
    rng, seen = Random(SEED), set()
    originals = [(compose_new(rng, label, seen), label) for _ in range(UNIQUE // 2) for label in LABELS]
    rows = [(add_markup(rng, sentences), label) for sentences, label in originals]
    again = rows[:EXACT]
    for label in LABELS:
        several = [i for i in range(EXACT, UNIQUE) if originals[i][1] == label and len(originals[i][0]) > 1]
        again += [(reformat(rng, originals[i][0], rows[i][0]), label) for i in several[: REFORMATTED // 2]]
    for _ in range(CONTRADICTING):
        text = add_markup(rng, compose_new(rng, LABELS[0], seen))
        again += [(text, label) for label in LABELS]
    return sorted(rows + again, key=lambda _: rng.random())


def main() -> None:
    """Write sample.csv."""
    with (Path(__file__).parent / "sample.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("review", "sentiment"))
        writer.writerows(make())


if __name__ == "__main__":
    main()
