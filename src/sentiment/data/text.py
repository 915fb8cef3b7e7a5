"""Cleaning and tokenizing a review, for training and prediction alike."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby, islice
from typing import Literal, get_args

Tokenizer = Literal["regexp", "characters", "words", "tweet", "treebank", "wordpunct"]
TOKENIZERS = get_args(Tokenizer)

# A rating such as 7/10, a word with its apostrophes, a run of full stops and exclamation marks, a symbol.
REGEXP = r"\d+(?:\.\d+)?/\d+|\w+(?:'\w+)*|[.!?]+|[^\w\s]"
WORDS = r"\w+(?:'\w+)*"  # words only
# Scripts that put no spaces between words: Thai to Khmer, kana, Chinese characters.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
CHARACTERS = f"[{UNSPACED}]|" + REGEXP.replace(r"\w+", rf"[^\W{UNSPACED}]+")

# Tags that can occur within a word; all other tags separate words.
INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|tt|u|var|wbr"
)
# What can follow a tag's name. Attributes need a "=", so that `if a <b and c> d` remains text.
# No part of it matches a "<", which keeps each search linear in the length of a hostile text.
TAG_END = r"""(?:\s*/?|\s[^<>="']*=(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>"""
COMMENT = "!--(?:(?!<!--|-->).)*-->"
INLINE_TAG = re.compile(f"</?(?:{INLINE}){TAG_END}", re.IGNORECASE)
TEXT_LESS_THAN = re.compile(
    rf"<(?!/?[a-z][a-z0-9]*(?:[:-][a-z0-9]+)*{TAG_END}|{COMMENT}|!doctype\b[^<>]*>|\?xml\b[^<>]*>)",
    re.IGNORECASE | re.DOTALL,
)
TEXT_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[\da-f]{1,6};|[a-z][a-z0-9]*;)", re.IGNORECASE)
# Put first, it keeps the parser from warnings of what might be a file's name, an address or XML. Filters of
# warnings would not do: threads share them.
NO_TEXT = "<i></i>"
BREAK = re.compile("<br ?/?>", re.IGNORECASE)  # the only tag in most reviews
ROUNDS = 4  # levels of HTML escaped within HTML

FRACTION = re.compile("(?<=[0-9])[¼½¾⅐-⅞]")
MAX_MARKS = 30  # combining marks on one letter, as in Unicode's stream-safe text format


class _Characters(dict[int, str]):
    """A table for str.translate, filled in as characters occur."""

    EQUIVALENT = str.maketrans(
        {"\u2044": "/"}
        | dict.fromkeys("`\u00b4\u2018\u2019\u201a\u201b\u2032\u2035\u02b9\u02bb\u02bc", "'")
        | dict.fromkeys("\u00a8\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036", '"')
        | dict.fromkeys("\u2010\u2011\u2012\u2212", "-")
        | dict.fromkeys("\u2013\u2014\u2015", " - ")
        | dict.fromkeys(map(chr, range(0xFE00, 0xFE10)), "")  # variation selectors
    )

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if 0x80 <= code <= 0x9F:  # Windows-1252 read as Latin-1; browsers, too, show \x85 as an ellipsis
            character = bytes([code]).decode("cp1252", "replace").replace("\ufffd", " ")
        category = unicodedata.category(character)
        if category in ("Cc", "Cs"):  # control characters, lone surrogates
            character = " "
        elif category == "Cf":  # soft hyphen, zero-width characters, byte-order mark, direction
            character = ""
        self[code] = self.EQUIVALENT.get(ord(character), character) if character else ""
        return self[code]


_CHARACTERS = _Characters()


def clean(text: str) -> str:
    """Return a review as plain text on one line, as a reader sees it.

    HTML is removed, even if it was escaped, but `<3` and `a < b` remain. Control and invisible characters
    are removed. Unicode is normalized to NFKC; quotes, apostrophes and hyphens become ASCII, so that a
    contraction has only one form. Cleaning is idempotent.
    """
    text = _normalize(text)
    for _ in range(ROUNDS):
        if "<" not in text and "&" not in text:
            return text
        before, text = text, _normalize(_strip_html(text))
        if text == before:
            return text
    return _normalize(re.sub("[<&]", " ", text))  # escaped this often only on purpose


def _strip_html(html: str) -> str:
    """Return the text between the tags of `html`; tags that are not INLINE become spaces."""
    # Imported here, as it takes a tenth of a second and most texts to predict hold no HTML.
    from bs4 import BeautifulSoup

    html = INLINE_TAG.sub("", html)
    plain = BREAK.sub(" ", html)
    if "<" not in plain and "&" not in plain:
        return plain  # the parser's result in a fraction of its time
    # Escape whatever is no HTML: how the parser guesses differs between versions of Python, and 20,000
    # unfinished tags take it half a minute.
    html = TEXT_LESS_THAN.sub("&lt;", TEXT_AMPERSAND.sub("&amp;", html))
    return BeautifulSoup(f"{NO_TEXT}{html}", "html.parser").get_text(" ")


def _normalize(text: str) -> str:
    """Return `text` on one line in Unicode NFKC, without invisible characters."""
    text = text.translate(_CHARACTERS)
    if not text.isascii():
        text = FRACTION.sub(r" \g<0>", text)  # 8½ becomes 8 1/2, not 81/2
        limited = _limit_marks(text)  # as NFKC sorts the marks of a letter in quadratic time
        text = unicodedata.normalize("NFKC", limited)
        if text != limited:
            text = _limit_marks(text.translate(_CHARACTERS))  # of one mark, NFKC may make two
    return " ".join(text.split())


def _limit_marks(text: str) -> str:
    """Return `text` without the marks of a letter after the first MAX_MARKS."""
    runs = groupby(text, key=lambda character: unicodedata.combining(character) > 0)
    return "".join("".join(islice(run, MAX_MARKS) if mark else run) for mark, run in runs)


def tokenizer(name: Tokenizer, lowercase: bool) -> Callable[[str], list[str]]:
    """Return a function from clean text to its tokens, with one of NLTK's tokenizers.

    None of them needs a downloaded corpus.
    """
    split = _fast_regexp() if name == "regexp" else _nltk(name)
    if lowercase:
        return lambda text: split(text.lower())
    return split


def _nltk(name: Tokenizer) -> Callable[[str], list[str]]:
    # Imported here, as NLTK takes a second and the default needs it for texts beyond ASCII only.
    from nltk import tokenize

    tokenizers = {
        "regexp": tokenize.RegexpTokenizer(REGEXP),
        "characters": tokenize.RegexpTokenizer(CHARACTERS),
        "words": tokenize.RegexpTokenizer(WORDS),
        "tweet": tokenize.TweetTokenizer(preserve_case=True),
        "treebank": tokenize.NLTKWordTokenizer(),
        "wordpunct": tokenize.WordPunctTokenizer(),
    }
    return tokenizers[name].tokenize


def _fast_regexp() -> Callable[[str], list[str]]:
    """Return the equivalent of NLTK's tokenizer with REGEXP, four times as fast for ASCII texts.

    NLTK uses the package `regex`, whose word characters differ from those of `re` beyond ASCII.
    """
    findall = re.compile(REGEXP).findall
    nltk = cache(lambda: _nltk("regexp"))
    return lambda text: findall(text) if text.isascii() else nltk()(text)
