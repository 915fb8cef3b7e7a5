"""From a review as it was typed to its tokens; training and prediction both go through here."""

import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import cache
from itertools import groupby, islice
from typing import Literal, get_args

Tokenizer = Literal["regexp", "words", "tweet", "treebank", "wordpunct"]
TOKENIZERS = get_args(Tokenizer)

# A mark such as 7/10, a word with its apostrophes, a run of full stops or cries, a single sign.
REGEXP = r"\d+(?:\.\d+)?/\d+|\w+(?:'\w+)*|[.!?]+|[^\w\s]"
WORDS = r"\w+(?:'\w+)*"  # the words alone


# Tags that may stand inside a word; every other tag stands between two words.
INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|tt|u|var|wbr"
)
# What may follow a tag's name. Words without a "=" are none of it, so that `if a <b and c> d` is text.
# No part of it runs over a "<": that keeps each search linear in the length of a hostile text.
TAG_END = r"""(?:\s*/?|\s[^<>="']*=(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>"""
COMMENT = "!--(?:(?!<!--|-->).)*-->"
INLINE_TAG = re.compile(f"</?(?:{INLINE}){TAG_END}", re.IGNORECASE)
NO_TAG = re.compile(
    rf"<(?!/?[a-z][a-z0-9]*(?:[:-][a-z0-9]+)*{TAG_END}|{COMMENT}|!doctype\b[^<>]*>|\?xml\b[^<>]*>)",
    re.IGNORECASE | re.DOTALL,
)
NO_REFERENCE = re.compile(r"&(?!#\d{1,7};|#x[\da-f]{1,6};|[a-z][a-z0-9]*;)", re.IGNORECASE)
BREAK = re.compile("<br ?/?>", re.IGNORECASE)  # the only tag in most reviews
ROUNDS = 4  # how often HTML may be escaped within HTML

FRACTION = re.compile("(?<=[0-9])[¼½¾⅐-⅞]")
MARKS = 30  # combining marks on one letter: the limit of Unicode's stream-safe text


class _Signs(dict):
    """For str.translate: what a character becomes, worked out when it is first met."""

    SAME = str.maketrans(
        {"\u2044": "/"}
        | dict.fromkeys("`\u00b4\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc", "'")
        | dict.fromkeys("\u00a8\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036", '"')
        | dict.fromkeys("\u2010\u2011\u2012\u2212", "-")
        | dict.fromkeys("\u2013\u2014\u2015", " - ")
        | dict.fromkeys(map(chr, range(0xFE00, 0xFE10)), "")  # variation selectors
    )

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if 0x80 <= code <= 0x9F:  # Windows-1252 read as Latin-1, as browsers take it: \x85 is an ellipsis
            sign = bytes([code]).decode("cp1252", "replace").replace("\ufffd", " ")
        kind = unicodedata.category(sign)
        if kind in ("Cc", "Cs"):  # control characters and lone halves of surrogate pairs
            sign = " "
        elif kind == "Cf":  # soft hyphen, zero-width characters, byte-order mark, direction
            sign = ""
        self[code] = self.SAME.get(ord(sign), sign) if sign else ""
        return self[code]


_SIGNS = _Signs()


def clean(text: str) -> str:
    """Return a review as plain text on one line, as its reader sees it.

    No HTML, though signs such as `<3` and `a < b` stay; no control or invisible characters;
    Unicode NFKC; quotes, apostrophes and hyphens in ASCII, so that a contraction has one form.
    Cleaning a clean text changes nothing: HTML that was escaped is HTML, too.
    """
    text = _normalize(text)
    for _ in range(ROUNDS):
        if "<" not in text and "&" not in text:
            return text
        before, text = text, _normalize(_visible(text))
        if text == before:
            return text
    return _normalize(re.sub("[<&]", " ", text))  # nobody writes so by chance; stop here


def _visible(html: str) -> str:
    """The text between the tags of `html`; a tag that is not INLINE parts words."""
    # A tenth of a second to import: only what holds HTML pays for it.
    from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

    html = INLINE_TAG.sub("", html)
    plain = BREAK.sub(" ", html)
    if "<" not in plain and "&" not in plain:
        return plain  # what the parser would say, in a fraction of its time
    # The parser is left nothing to guess: its guesses differ between versions of Python, and
    # 20,000 unfinished tags take it half a minute.
    html = NO_TAG.sub("&lt;", NO_REFERENCE.sub("&amp;", html))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(html, "html.parser").get_text(" ")


def _normalize(text: str) -> str:
    """Return `text` on one line in Unicode NFKC, without invisible characters."""
    text = text.translate(_SIGNS)
    if not text.isascii():
        text = FRACTION.sub(r" \g<0>", text)  # 8½ is 8 1/2, not 81/2
        # Sorting the marks of one letter takes NFKC quadratic time.
        runs = groupby(text, key=lambda sign: unicodedata.combining(sign) > 0)
        text = "".join("".join(islice(run, MARKS) if mark else run) for mark, run in runs)
        text = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    return " ".join(text.split())


def tokenizer(name: str, lowercase: bool) -> Callable[[str], list[str]]:
    """Return a function from clean text to its tokens, by one of NLTK's tokenizers.

    `name` is one of TOKENIZERS. None of them needs a downloaded corpus.
    """
    split = _quick() if name == "regexp" else _nltk(name)
    if lowercase:
        return lambda text: split(text.lower())
    return split


def _nltk(name: str) -> Callable[[str], list[str]]:
    # NLTK takes a second to import: only what needs it pays for it.
    from nltk import tokenize

    return {
        "regexp": lambda: tokenize.RegexpTokenizer(REGEXP),
        "words": lambda: tokenize.RegexpTokenizer(WORDS),
        "tweet": lambda: tokenize.TweetTokenizer(preserve_case=True),
        "treebank": lambda: tokenize.NLTKWordTokenizer(),
        "wordpunct": lambda: tokenize.WordPunctTokenizer(),
    }[name]().tokenize


def _quick() -> Callable[[str], list[str]]:
    """The same as NLTK's tokenizer by REGEXP, in a quarter of its time where the text is ASCII.

    NLTK takes the package `regex`, which can stop a hostile pattern; Python's own `re` takes other
    characters for parts of a word, but not in ASCII.
    """
    findall = re.compile(REGEXP).findall
    slow = cache(lambda: _nltk("regexp"))
    return lambda text: findall(text) if text.isascii() else slow()(text)
