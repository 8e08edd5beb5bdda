"""The full-text index as a table of the database: on SQLite FTS5 without a copy of the text, on
PostgreSQL a ``tsvector`` with a GIN index.

Both hold words that :mod:`archive.words` has cut, each with its place, under a number that is made so that
a year and a county are a range of numbers: a search goes through that range and nothing else.
The words themselves are not kept on SQLite, so an entry is removed with the words it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, ColumnElement, Connection, column, delete, inspect, text

from archive.database.models import Narrative
from archive.words import VERSION, Term

TABLE = f"narrative_words_{VERSION}"
"""Other words, another table: an index made by an older cutter is never asked."""

_LONGEST = 16_383
"""Places of a word that PostgreSQL can tell apart (``MAXENTRYPOS`` of its text search)."""


def is_index(name: str | None) -> bool:
    """Whether a table belongs to the index (FTS5 makes several); migrations leave it alone."""
    return name is not None and name.startswith("narrative_words_")


def create(connection: Connection) -> None:
    """Make the index, empty, unless there is one."""
    present = inspect(connection).get_table_names()
    if TABLE in present:
        return
    for name in present:
        if is_index(name) and name.removeprefix("narrative_words_").isdigit():
            connection.exec_driver_sql(f"DROP TABLE {name}")
    if connection.dialect.name == "sqlite":
        # The words are ours; "ascii" keeps every character beyond ASCII as it is.
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {TABLE} USING fts5(words, content='', tokenize='ascii')"
        )
    else:
        connection.exec_driver_sql(
            f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, words tsvector NOT NULL)"
        )
        connection.exec_driver_sql(f"CREATE INDEX ix_{TABLE} ON {TABLE} USING gin (words)")
    connection.execute(delete(Narrative))


def insert(connection: Connection, entries: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Add entries: number and words. Numbers in rising order are added much faster."""
    sqlite = connection.dialect.name == "sqlite"
    rows = [
        {"id": number, "words": " ".join(words) if sqlite else _vector(words)}
        for number, words in entries
    ]
    if rows:
        into = "(rowid, words) VALUES (:id, :words)" if sqlite else "VALUES (:id, :words)"
        connection.execute(text(f"INSERT INTO {TABLE} {into}"), rows)


def remove(connection: Connection, entries: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Remove entries, given with the words they were made from."""
    sqlite = connection.dialect.name == "sqlite"
    statement = (
        f"INSERT INTO {TABLE}({TABLE}, rowid, words) VALUES ('delete', :id, :words)"  # noqa: S608
        if sqlite
        else f"DELETE FROM {TABLE} WHERE id = :id"  # noqa: S608
    )
    rows = [{"id": number, "words": " ".join(words)} for number, words in entries]
    if rows:
        connection.execute(text(statement), rows)


def clear(connection: Connection) -> None:
    """Remove all entries."""
    sqlite = connection.dialect.name == "sqlite"
    everything = f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')"  # noqa: S608
    connection.exec_driver_sql(everything if sqlite else f"TRUNCATE {TABLE}")
    connection.execute(delete(Narrative))


def matching(connection: Connection, terms: Sequence[Term]) -> ColumnElement[int]:
    """The numbers of the entries that have all ``terms``, as a column to select from."""
    sqlite = connection.dialect.name == "sqlite"
    number, matches, query = _condition(sqlite, terms)
    statement = text(f"SELECT {number} AS number FROM {TABLE} WHERE {matches}")  # noqa: S608
    found = statement.bindparams(query=query).columns(column("number", BigInteger)).subquery()
    return found.c.number


def find(
    connection: Connection, terms: Sequence[Term], first: int, last: int, section: int | None
) -> Iterable[int]:
    """The numbers from ``first`` to ``last`` of the entries that have all ``terms``, in rising order.

    ``section`` keeps those of one section, which is in the last three bits of the number.
    """
    sqlite = connection.dialect.name == "sqlite"
    number, matches, query = _condition(sqlite, terms)
    only = "" if section is None else f" AND ({number} & 7) = :section"
    statement = text(
        f"SELECT {number} FROM {TABLE} WHERE {matches} "  # noqa: S608
        f"AND {number} BETWEEN :first AND :last{only} ORDER BY {number}"
    ).execution_options(yield_per=200)
    values = {"query": query, "first": first, "last": last}
    if section is not None:
        values["section"] = section
    if not sqlite:
        # PostgreSQL thinks that a tenth of a cursor's rows is read, and where it takes a word that hardly occurs
        # for a rare one, it would go through a whole year for them and not ask the index of words.
        connection.exec_driver_sql("SET LOCAL cursor_tuple_fraction = 1")
    # Who has seen enough leaves no cursor open.
    with connection.execute(statement, values) as found:
        yield from found.scalars()


def _condition(sqlite: bool, terms: Sequence[Term]) -> tuple[str, str, str]:
    """The column of the numbers, the condition on ``:query``, and the query."""
    if sqlite:
        return "rowid", f"{TABLE} MATCH :query", " AND ".join(map(_fts5, terms))
    return "id", "words @@ CAST(:query AS tsquery)", " & ".join(map(_tsquery, terms))


def _fts5(term: Term) -> str:
    # A phrase whose last word may be the beginning of one is written "a b" * in FTS5.
    return f'"{" ".join(term.words)}"' + (" *" if term.open else "")


def _tsquery(term: Term) -> str:
    words = [f"'{word}'" for word in term.words]
    return "(" + " <-> ".join(words) + (":*" if term.open else "") + ")"


def _vector(words: Sequence[str]) -> str:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words[:_LONGEST], 1):
        places.setdefault(word, []).append(place)
    return " ".join(f"'{word}':{','.join(map(str, at[:255]))}" for word, at in places.items())
