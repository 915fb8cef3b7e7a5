import random
import sys
import time
import unicodedata
from itertools import product

import pytest
from nltk.tokenize import RegexpTokenizer

from sentiment.data import text as module
from sentiment.data.text import TOKENIZERS, clean, tokenizer


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("good<br /><br />bad", "good bad"),
        ("good<BR>bad", "good bad"),
        ("<p>good</p><p>bad</p>", "good bad"),
        ("<ul><li>good<li>bad</ul>", "good bad"),
        ("un<i>believ</i>able", "unbelievable"),
        ('un<span class="x">believ</span>able', "unbelievable"),
        ("so<img src='a.png'/>so", "so so"),
        ('see <a title="a > b" href="x">this</a>', "see this"),
        ("a <grin> and a <spoiler>dies</spoiler>", "a and a dies"),
        ("<o:p>Word</o:p>", "Word"),
        ("before<!-- <b>hidden</b> -->after", "before after"),
        ("before<script>if (a < b) hidden()</script>after", "before after"),
        ("before<style>p { hidden }</style>after", "before after"),
        ("<!DOCTYPE html><html><body>text</body></html>", "text"),
        # References are resolved.
        ("&lt;3 &amp; &quot;fun&quot; &#233;&#xe9;", '<3 & "fun" éé'),
        ("caf&eacute;&nbsp;noir", "café noir"),
        ("don&rsquo;t don&#146;t don&#8217;t", "don't don't don't"),
        ("good&lt;br /&gt;bad", "good bad"),
        ("&amp;lt;i&amp;gt;", ""),
        ("&#0;x&#55296;", "\N{REPLACEMENT CHARACTER}x\N{REPLACEMENT CHARACTER}"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        # Every sign has one form.
        ("don\u2019t don\u2018t don\u00b4t don`t don\uff07t", "don't don't don't don't don't"),
        ("\u201cwow\u201d \u00abwow\u00bb \u201ewow\u201f", '"wow" "wow" "wow"'),
        ("well\u2010made well\u2011made", "well-made well-made"),
        ("yes\u2013no \u2014 yes", "yes - no - yes"),
        ("wait\u2026 wait\x85", "wait... wait..."),  # \x85 is Windows-1252, as often in IMDb's reviews
        ("\x91fun\x92 \x93fun\x94", "'fun' \"fun\""),
        ("8\u00bd or \u00be", "8 1/2 or 3/4"),
        ("un\u00adbe\u200bliev\u200dable\ufeff", "unbelievable"),
        ("\u202egood\u202c\u2066", "good"),
        ("\u2764\ufe0f", "\u2764"),
        ("\uff26\uff35\uff2c\uff2c \ufb01lm", "FULL film"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\u0000b\u0008c\u009dd", "a b c d"),
        (" a\u00a0\u2003b\t\r\n\u2028c ", "a b c"),
        ("half \ud83d a pair", "half a pair"),
        ("\uff1cbr\uff1e", ""),
        ("", ""),
    ],
)
def test_clean_leaves_what_a_browser_shows_as_plain_text(source, text):
    assert clean(source) == text


@pytest.mark.parametrize(
    "text",
    [
        "I <3 it",
        "</3",
        "a < b and c > d",
        "if a <b and c> d",
        "it was <= 8.",
        "< cough >",
        "<-----Minor Spoilers!----->",
        "<http://example.org/review>",
        "never closed <!-- here",
        "never closed <b here",
        "AT&T & Tom &notable &c",
        "great.html",
        "7/10",
    ],
)
def test_clean_leaves_signs_that_are_no_html(text):
    assert clean(text) == text


def test_clean_twice_is_clean_once():
    html = ["<", ">", "&", "&amp;", "lt;", "b>"]
    parts = [*html, "/", "<!--", "-->", "e\u200b\u0301", "½", "\u00b4", '"', "#38;", "3", " "]
    texts = [a + b + c + d for a in parts for b in parts for c in parts for d in html]
    assert [text for text in texts if clean(clean(text)) != clean(text)] == []


def test_clean_twice_is_clean_once_for_any_string():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    marks = [sign for sign in every if unicodedata.combining(sign)]
    composed = [sign for sign in every if unicodedata.normalize("NFKC", sign) != sign]
    html = ["<b>", "<br />", "&amp;", "&#829;", "&lt;", "<", "&", ";", ">", "½", "8", "\u200b", " "]
    chosen = random.Random(0).choice
    texts = ["".join(chosen(chosen((every, marks, composed, html))) for _ in range(12)) for _ in range(2000)]
    texts += ["e" + "".join(chosen(marks) for _ in range(40)) + chosen(composed) for _ in range(200)]
    texts.append("e" + 30 * "\u0344")  # a mark that NFKC makes two of
    assert [ascii(text) for text in texts if clean(clean(text)) != clean(text)] == []


def test_the_parser_warns_nobody(recwarn):
    clean("great.html &amp; more.html")
    clean("http://example.org/?a&amp;b")
    clean("<?xml version='1.0'?><p>good</p>")
    assert recwarn.list == []


@pytest.mark.parametrize(
    "unit",
    [
        *("<", "<div>", "<b>", "<!--", "</", "<a ", '<a x="', "<p x='\">", "<script>", "<![CDATA["),
        *("&", "&#", "&amp;", 5 * "\u0301\u0316"),
    ],
)
def test_clean_takes_linear_time_on_hostile_text(unit):
    start = time.process_time()
    clean(unit * 20_000)  # half a minute for "<a " when left to html.parser
    assert time.process_time() - start < 5


def test_the_quick_way_through_line_breaks_gives_what_the_parser_does(monkeypatch):
    parts = ("a", " ", "<br>", "<br />", "<BR/>", "<br/ >", "</br>", "<b<i>r>", ">", "<", "&amp;", "x &lt;")
    texts = list(map("".join, product(parts, repeat=3)))
    quick = list(map(clean, texts))
    monkeypatch.setattr(module, "BREAK", module.re.compile("(?!)"))  # matches nowhere
    assert quick == list(map(clean, texts))


def test_the_quick_tokenizer_gives_what_nltk_does():
    signs = ("7", "1.5", "/10", "it", "'s", "'", "...", "?!", "-", "_", " ", "é", "a\u0301", "\u20dd", "好")
    nltk, ours = RegexpTokenizer(module.REGEXP).tokenize, tokenizer("regexp", lowercase=False)
    for text in map("".join, product(signs, repeat=3)):
        assert ours(text) == nltk(text), text


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_tokenizer_keeps_negations(name):
    tokens = tokenizer(name, lowercase=True)("It DIDN'T work, not at all: 7/10!!!")
    assert "not" in tokens
    assert {"didn't", "n't", "didn"} & set(tokens)
    assert all(token == token.lower() for token in tokens)


def test_the_default_keeps_marks_and_runs_of_signs_together():
    text = "I'd give it 7.5/10... or 10/10?! \"Wow\" - 1930's"
    expected = ["I'd", "give", "it", "7.5/10", "...", "or", "10/10", "?!", '"', "Wow", '"', "-", "1930's"]
    assert tokenizer("regexp", lowercase=False)(text) == expected


def test_characters_of_scripts_without_spaces_are_tokens():
    tokens = tokenizer("characters", lowercase=True)("这部电影Great了, it's 9/10!!")
    assert tokens == [*"这部电影", "great", "了", ",", "it's", "9/10", "!!"]
    assert tokenizer("characters", lowercase=False)("ดีมาก") == list("ดีมาก")
