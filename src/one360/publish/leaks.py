"""The gate: are there personal values in what is about to be published?

Every distinct text is looked at once. What looks like a phone, an e-mail address, an identity
number or a card is found by its look (``PersonalText``); phones, keys, names and addresses also by
what the warehouse holds of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import duckdb

from one360.identity.name_words import COMMON_SURNAMES, NO_NAME
from one360.lookups.personal_text import HINT, HINT_IN_KEYS, PHONE, PersonalText, numbers_in
from one360.publish.personal import Personal
from one360.sql import identifier, literal

#: Schemas in which raw values are found in the warehouse, for comparison.
_PRIVATE_SCHEMAS = ("identity", "pii", "staging")
#: Columns of keys and hashes: numbers by nature.
KEY_SUFFIXES = ("_id", "_hash", "_key")
#: Different names in one column that are people's even where each could be a word.
_NAMES_FOR_A_LEAK = 3
#: Published tables whose words are no names: a brand may be called like a customer. With columns
#: where not all of them are meant.
_WORDS_OF = {"core.products": (), "core.stores": (), "core.customers": ("province", "city")}
#: What a number is called in the catalogue is no phone or card by its look.
_NUMBERS_OF = {"core.products": "product_id", "core.stores": "store_id"}
_BETWEEN_KEYS = r"[\s,;|+]+"
#: Seeds that tell of people.
_NO_WORDS = ("customer_labels", "force_link", "never_link", "unbind", "unmerge")

KEY, NAME, ADDRESS = "a raw key", "people's names", "an address"

#: What stands between the words of a text.
_BETWEEN = r"[\s\p{P}\p{S}]+"
#: Words of a name or an address.
_MOST_WORDS = 12
#: Chinese names that are found within a text, where nothing stands between words.
_NAME_WITHIN = f"[{''.join(sorted(COMMON_SURNAMES))}]\\p{{Han}}{{2,3}}"
#: By so many first characters addresses within a text are looked up.
_BEGINNING = 6


@dataclass(frozen=True)
class Leak:
    """A column with personal values in it."""

    schema: str
    table: str
    column: str
    is_text: bool
    kinds: tuple[str, ...]
    values: tuple[str, ...]

    def __str__(self) -> str:
        """Where, and what kinds: core.touches.detail (a phone number)."""
        return f"{self.schema}.{self.table}.{self.column} ({', '.join(self.kinds)})"


@dataclass(frozen=True)
class _Place:
    schema: str
    table: str
    column: str
    is_text: bool

    @property
    def is_key(self) -> bool:
        return self.column.endswith(KEY_SUFFIXES)


def find_personal_values(
    connection: duckdb.DuckDBPyConnection,
    copied: str,
    source: str,
    tables: Collection[str],
    personal: Personal,
    looks: PersonalText,
) -> list[Leak]:
    """Columns of the catalog ``copied`` that hold raw personal values, and these values.

    Looks into every column of the ``tables`` with text in it. Raw values to compare with are those
    of the warehouse ``source``. Digits in a column of keys may be an order number, so there a
    phone counts only if it belongs to a customer.
    """
    places = list(_places(connection, copied, tables))
    _collect_texts(connection, copied, places)
    _collect_known(connection, source, personal, copied, tables)
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for place, value, kind in (
        *_by_look(connection, places, looks, _numeric_keys(connection, copied, tables)),
        *_keys(connection),
        *_phrases(connection),
        *_within(connection),
    ):
        found[place][kind].add(value)
    return [
        Leak(
            place.schema,
            place.table,
            place.column,
            place.is_text,
            tuple(sorted(found[number])),
            tuple(sorted(set().union(*found[number].values()))),
        )
        for number, place in enumerate(places)
        if number in found
    ]


def _places(
    connection: duckdb.DuckDBPyConnection, copied: str, tables: Collection[str]
) -> Iterator[_Place]:
    for schema, table, column, data_type in connection.execute(
        """
        select schema_name, table_name, column_name, data_type
        from duckdb_columns()
        where
            database_name = ?
            and (data_type like '%VARCHAR%' or data_type like '%JSON%')
            -- a view shows what the tables hold
            and table_oid in (select table_oid from duckdb_tables() where database_name = ?)
        order by schema_name, table_name, column_index
        """,
        [copied, copied],
    ).fetchall():
        if f"{schema}.{table}" in tables:
            yield _Place(schema, table, column, data_type == "VARCHAR")


def _collect_texts(
    connection: duckdb.DuckDBPyConnection, copied: str, places: Collection[_Place]
) -> None:
    """Temporary tables of every text and where it stands, and of those that are no keys as words.

    Keyed hashes are no texts.
    """
    connection.execute("create or replace temp table texts (place integer, value varchar)")
    for number, place in enumerate(places):
        connection.execute(
            f"""
            insert into texts
            select {number}, value
            from (
                select distinct cast({identifier(place.column)} as varchar) as value
                from {copied}.{identifier(place.schema)}.{identifier(place.table)}
            )
            where
                length(value) >= 2
                and not (length(value) = 32 and regexp_full_match(value, '[0-9a-f]{{32}}'))
            """
        )
    keys = ", ".join(str(at) for at, place in enumerate(places) if place.is_key) or "-1"
    connection.execute(
        f"""
        create or replace temp table worded as
        select
            place,
            value,
            list_filter(
                regexp_split_to_array(
                    lower(
                        case
                            when contains(value, '%') then coalesce(try(url_decode(value)), value)
                            else value
                        end
                    ),
                    {literal(_BETWEEN)}
                ),
                lambda word: word <> ''
            ) as words,
            array_to_string(words, '') as text
        from texts
        where place not in ({keys}) and length(value) <= 1000
        """
    )


def _numeric_keys(
    connection: duckdb.DuckDBPyConnection, copied: str, tables: Collection[str]
) -> set[str]:
    """Keys of products and stores that are numbers, as barcodes are."""
    found: set[str] = set()
    for table, column in _NUMBERS_OF.items():
        if table in tables:
            schema, name = table.split(".")
            found.update(
                key
                for (key,) in connection.execute(
                    f"""
                    select {column} from {copied}.{identifier(schema)}.{identifier(name)}
                    where regexp_full_match({column}, '[0-9]{{5,}}')
                    """
                ).fetchall()
            )
    return found


def _by_look(
    connection: duckdb.DuckDBPyConnection,
    places: list[_Place],
    looks: PersonalText,
    numeric_keys: Collection[str],
) -> Iterator[tuple[int, str, str]]:
    keys = ", ".join(str(at) for at, place in enumerate(places) if place.is_key) or "-1"
    rows = connection.execute(
        f"""
        select place, value from texts
        where case
            when place in ({keys}) then regexp_matches(value, {literal(HINT_IN_KEYS)})
            else regexp_matches(value, {literal(HINT)})
        end
        """
    ).fetchall()
    numbers: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for place, value in rows:
        if not _is_made_of(value, numeric_keys):
            for kind in looks.kinds_in(value, is_key=places[place].is_key):
                yield place, value, kind
        for digits in numbers_in(value):
            numbers[digits].add((place, value))
    known = connection.execute(
        "select phone from known_phones where phone in (select unnest(?))", [list(numbers)]
    ).fetchall()
    for (digits,) in known:
        for place, value in numbers[digits]:
            yield place, value, PHONE


def _is_made_of(value: str, keys: Collection[str]) -> bool:
    """Whether a value is one of the keys, or a list of them."""
    return bool(keys) and all(part in keys for part in re.split(_BETWEEN_KEYS, value))


def _keys(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    return connection.execute(
        """
        with parts as (
            select
                place,
                value,
                unnest([value] || regexp_split_to_array(value, '[^0-9A-Za-z_-]+')) as part
            from texts
            where length(value) between 8 and 1000
        )
        select distinct place, value, ? from parts
        where length(part) >= 8 and part in (select key from known_keys)
        """,
        [KEY],
    ).fetchall()


def _phrases(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, str, str]]:
    """Names and addresses among other words; of names that may be words several in a column."""
    words = defaultdict(set)
    for place, value, kind, phrase, is_sure in connection.execute(
        f"""
        with starts as (
            select *, unnest(range(1, len(words) + 1)) as first_word from worded
        ),
        spans as (
            select
                *,
                unnest(range(first_word, least(len(words), first_word + {_MOST_WORDS} - 1) + 1))
                    as last_word
            from starts
        ),
        phrases as (
            select
                place,
                value,
                array_to_string(words[first_word : last_word], '') as phrase,
                first_word = 1 and last_word = len(words) as is_whole
            from spans
        )
        select distinct phrases.place, phrases.value, known.kind, known.phrase, known.is_sure
        from phrases
        inner join known_phrases as known on phrases.phrase = known.phrase
        where known.is_sure or phrases.is_whole
        """
    ).fetchall():
        if is_sure:
            yield place, value, kind
        else:
            words[place].add((phrase, value))
    for place, found in words.items():
        if len({phrase for phrase, _ in found}) >= _NAMES_FOR_A_LEAK:
            for _, value in found:
                yield place, value, NAME


def _within(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str]]:
    """Chinese names and addresses wherever in a text they stand.

    Names have three or four characters and a common surname.
    """
    return connection.execute(
        f"""
        with starts as (
            select
                place,
                value,
                text,
                unnest(range(1, length(text) - 1)) as first_character
            from worded
            where regexp_matches(text, '\\p{{Han}}{{4}}')
        ),
        beginnings as (
            select
                *,
                unnest([3, 4, {_BEGINNING}]) as characters,
                substr(text, first_character, characters) as beginning
            from starts
        )
        select distinct beginnings.place, beginnings.value, known.kind
        from beginnings
        inner join known_phrases as known
            on
                beginnings.beginning = known.beginning
                and starts_with(
                    substr(beginnings.text, beginnings.first_character), known.phrase
                )
        """
    ).fetchall()


def _joined(column: str) -> str:
    return f"lower(regexp_replace({column}, {literal(_BETWEEN)}, '', 'g'))"


def _collect_known(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    personal: Personal,
    copied: str,
    tables: Collection[str],
) -> None:
    """Temporary tables of raw values in the warehouse."""
    connection.execute(
        """
        create or replace temp table known_phones (phone varchar);
        create or replace temp table known_keys (key varchar);
        -- beginning: by which those are found that stand within a text
        create or replace temp table known_phrases (
            kind varchar, phrase varchar, is_sure boolean, beginning varchar
        );
        create or replace temp table words (word varchar);
        """
    )
    for column, place in _private_columns(connection, source, personal, "phone"):
        # as it is, and without its calling code
        connection.execute(
            f"""
            insert into known_phones
            select digits from (
                select distinct unnest([
                    ltrim({column}, '+'), regexp_replace({column}, {literal(_CALLING)}, '')
                ]) as digits
                from {place}
                where regexp_matches({column}, '^[+]?[0-9]{{8,15}}$')
            )
            where regexp_matches(digits, '^[0-9]{{8,15}}$')
            """
        )
    for column, place in _private_columns(connection, source, personal, "key"):
        # Short keys and plain numbers are equal to other things by chance.
        connection.execute(
            f"""
            insert into known_keys
            select key from (
                select distinct unnest([{column}] || string_split({column}, '|')) as key
                from {place}
                where length({column}) >= 8
            )
            where
                length(key) >= 16
                or (
                    length(key) >= 8
                    and regexp_matches(key, '[A-Za-z]')
                    and regexp_matches(key, '[0-9]')
                )
            """
        )
    for column, place in _private_columns(connection, source, personal, "name"):
        connection.execute(
            f"""
            insert into known_phrases
            -- one word of an alphabet is the name of many things
            select
                {literal(NAME)},
                {_joined("name")},
                not regexp_full_match(name, '\\p{{Han}}{{2}}'),
                case
                    when
                        regexp_full_match(name, {literal(_NAME_WITHIN)})
                        and not regexp_matches(name, {literal(NO_NAME.pattern)})
                        then name
                end
            from (select distinct trim({column}) as name from {place})
            where
                regexp_full_match(name, '\\p{{Han}}{{2,}}')
                or regexp_full_match(name, '[\\pL.''-]{{2,}}( [\\pL.''-]+)* [\\pL''-]{{2,}}')
            """
        )
    for column, place in _private_columns(connection, source, personal, "address"):
        connection.execute(
            f"""
            insert into known_phrases
            select
                {literal(ADDRESS)},
                address,
                true,
                case
                    when regexp_matches(address, '^\\p{{Han}}') then left(address, {_BEGINNING})
                end
            from (select distinct {_joined(column)} as address from {place})
            where length(address) >= {_BEGINNING} and regexp_matches(address, '[0-9]')
            """
        )
    _collect_words(connection, source, copied, tables)


#: A calling code before a number: one digit, or the two or three by which no longer one begins.
_CALLING = (
    r"^[+](1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|"
    r"2[1-689][0-9]|3[578][0-9]|42[0-9]|5[09][0-9]|6[789][0-9]|8[057809][0-9]|9[679][0-9])"
)


def _collect_words(
    connection: duckdb.DuckDBPyConnection, source: str, copied: str, tables: Collection[str]
) -> None:
    """Take from the names what is also called so in the catalogue, on a map or in a seed."""
    for database, schema, table, column in connection.execute(
        """
        select database_name, schema_name, table_name, column_name from duckdb_columns()
        where database_name in (?, ?) and data_type = 'VARCHAR'
        """,
        [copied, source],
    ).fetchall():
        name = f"{schema}.{table}"
        if database == copied and name in tables:
            is_word = name in _WORDS_OF and column in (_WORDS_OF[name] or (column,))
        else:
            is_word = database == source and schema == "seeds" and table not in _NO_WORDS
        if is_word:
            place = f"{database}.{identifier(schema)}.{identifier(table)}"
            connection.execute(
                f"insert into words select distinct {_joined(identifier(column))} from {place}"
            )
    connection.execute(
        """
        delete from known_phrases where kind = ? and phrase in (
            select word from words
            union all
            select substr(word, first_character, unnest([3, 4])) from (
                select word, unnest(range(1, length(word) - 1)) as first_character
                from (select distinct word from words where regexp_matches(word, '\\p{Han}{3}'))
            )
        )
        """,
        [NAME],
    )
    # a number of the catalogue may be a national phone by chance
    connection.execute(
        "delete from known_phones where length(phone) < 10 and phone in (select word from words)"
    )


def _private_columns(
    connection: duckdb.DuckDBPyConnection, source: str, personal: Personal, kind: str
) -> list[tuple[str, str]]:
    """(column, table) of the private tables' text columns with such values."""
    text = set(
        connection.execute(
            """
            select columns.schema_name, columns.table_name, columns.column_name
            from duckdb_columns() as columns
            inner join duckdb_tables() as tables
                on
                    columns.database_name = tables.database_name
                    and columns.table_oid = tables.table_oid
            where columns.database_name = ? and columns.data_type = 'VARCHAR'
            """,
            [source],
        ).fetchall()
    )
    return [
        (identifier(column), f"{source}.{identifier(schema)}.{identifier(table)}")
        # a text is looked for as it is only where it can be nothing but a name
        for schema, table, column in personal.of_kind(kind, alone=kind in ("name", "address"))
        if schema in (_PRIVATE_SCHEMAS if kind == "address" else _PRIVATE_SCHEMAS[:2])
        and (schema, table, column) in text
    ]
