"""The documentation of the keys is made from the dictionary and never behind it."""

from pathlib import Path

from extract.forms.dictionary import F2019_KEYS, F2021_KEYS
from extract.forms.page import page
from extract.forms.statistics_2014 import S2014_KEYS


def test_the_page_in_the_repository_is_up_to_date():
    written = (Path(__file__).parents[2] / "docs" / "data-dictionary.md").read_text("utf-8")
    assert written == page(), "run: python -m extract.forms.page > docs/data-dictionary.md"


def test_the_page_knows_every_part_of_every_key():
    text = page()
    for key in (*F2021_KEYS, *F2019_KEYS, *S2014_KEYS):
        table, _, rest = key.partition(".")
        whole = f"`{key}`" in text
        parts = (
            f"`{rest.rpartition('.')[0] or table}`" in text
            and f"`{rest.rpartition('.')[2]}`" in text
        )
        assert whole or parts, key
