import time

import pytest

from sentiment.data import corpus
from sentiment.errors import UserError

HEADER = "review,sentiment\n"
GOOD = "a good film,positive\na bad film,negative\n"


@pytest.fixture
def read(tmp_path):
    """Write `content` to a CSV file and read it."""

    def read(content, text_column="review", label_column="sentiment"):
        path = tmp_path / "reviews.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return corpus.read(path, text_column, label_column)

    return read


def message(read, content):
    with pytest.raises(UserError) as caught:
        read(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_read_returns_texts_and_labels_in_order(read):
    frame = read(HEADER + GOOD)
    assert frame["text"].tolist() == ["a good film", "a bad film"]
    assert frame["label"].tolist() == [1, 0]
    assert frame["label"].dtype == "int8"
    assert list(frame.columns) == ["text", "label"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_read_takes_any_line_end_and_a_byte_order_mark(read, end, mark):
    content = mark + (HEADER + GOOD).replace("\n", end).encode()
    assert read(content)["text"].tolist() == ["a good film", "a bad film"]


def test_read_needs_no_line_end_at_the_end(read):
    assert len(read((HEADER + GOOD).rstrip())) == 2


def test_read_passes_over_blank_lines(read):
    assert len(read("\n" + HEADER + "\n" + GOOD + "\n\n")) == 2


def test_read_takes_missing_values_for_texts(read):
    texts = ["NA", "null", "None", "nan", "", "1", "true"]
    frame = read(HEADER + "".join(f"{text or 'N/A'},positive\n" for text in texts) + "x,negative\n")
    assert frame["text"].tolist() == ["NA", "null", "None", "nan", "N/A", "1", "true", "x"]


def test_read_takes_quotes_commas_and_newlines_in_a_quoted_review(read):
    assert read(HEADER + '"a ""good"", long\r\nfilm",positive\nno "quoted" field,negative\n')[
        "text"
    ].tolist() == [
        'a "good", long\r\nfilm',
        'no "quoted" field',
    ]


def test_read_takes_other_columns_in_any_order(read):
    frame = read("id,stars,body,date\n7, 1 ,bad,May\n8,0,good,June\n", "body", "stars")
    assert frame["text"].tolist() == ["bad", "good"]
    assert frame["label"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("label", "value"),
    [("positive", 1), (" POSITIVE ", 1), ("1", 1), ("Negative", 0), ("negative\t", 0), ("0", 0)],
)
def test_read_takes_every_spelling_of_a_label(read, label, value):
    assert read(HEADER + GOOD + f"so so,{label}\n")["label"].tolist() == [1, 0, value]


def test_read_takes_a_review_longer_than_the_csv_module_allows(read):
    frame = read(HEADER + GOOD + "long " * 100_000 + ",positive\n")
    assert len(frame["text"][2]) == 500_000


def test_read_counts_lines_right_after_a_review_of_several(read):
    assert "line 6: label 'poor'" in message(
        read, HEADER + '"one\ntwo\r\nthree",positive\n' + "x,negative\nx,poor\n"
    )


def test_read_names_every_wrong_line_at_once(read):
    text = message(read, HEADER + "x,good\n" + GOOD + ",positive\nonly one field\n")
    assert "line 2: label 'good'" in text
    assert "line 5: an empty review" in text
    assert "line 6: expected 2 fields, found 1" in text
    assert "line 3" not in text


def test_read_names_at_most_ten_wrong_lines(read):
    text = message(read, HEADER + "x,good\n" * 25)
    assert text.count("line ") == 10
    assert text.endswith("; and 15 more")


def test_an_unclosed_quote_does_not_hide_what_follows(read):
    text = message(read, HEADER + 'fine,positive\n"open,positive\nx,good\nx,negative\n')
    assert "line 3: the quote that opens here is never closed" in text
    assert "line 4: label 'good'" in text


def test_an_unclosed_quote_is_found_where_it_opens_not_where_its_row_does(read):
    text = message(read, HEADER + '"one\ntwo","positive\n' + GOOD)
    assert "line 3: the quote that opens here is never closed" in text


def test_two_unclosed_quotes_do_not_merge_their_rows(read):
    text = message(read, HEADER + '"open,positive\nx,negative\n"closed",positive\nx,good\n')
    assert "line 2: the quote that opens here is not closed before more text in line 4" in text
    assert "line 5: label 'good'" in text


def test_many_broken_quotes_take_linear_time(read):
    start = time.process_time()
    assert "and 49,990 more".replace(",", "") in message(read, HEADER + '"x"y,positive\n' * 50_000)
    assert time.process_time() - start < 20


def test_text_and_label_may_not_be_the_same_column(read):
    with pytest.raises(UserError, match="both looked for in column 'review'"):
        read(HEADER + GOOD, "review", "review")
