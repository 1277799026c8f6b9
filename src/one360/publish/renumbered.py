"""Did a system give its customers new ids? Asked of what is to be published, record by record.

A record is known by its system, type and key. Where nearly all keys of a system change at once,
every customer whom no other record holds retires and comes back as somebody new, or is there
twice. Either leaves a trace: the keys that were published are gone and as many new ones came, or
most of the new ones belong to people whom the system knew by another key. Browsers come and go, as
do buyers, shoppers and guests where orders of some weeks are delivered: they are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from one360.errors import GATE, One360Error

#: Fewer ids than this say nothing.
FLOOR = 20
#: Share of the ids of a system that changes at once where it renumbers.
MOST_CHANGED = 0.5
#: Times the usual share of people with two ids that is out of band.
MARGIN = 2.0
#: Share of the changed ids that joined the customers they were from which all is well.
JOINED = 0.9
#: Share of the customers that are the same from which all keys changed with the salt.
SAME_CUSTOMERS = 0.9

_RECORDS = """
    create or replace temporary table {name} as
    select profile_id, one_id, source_system, record_type
    from {catalog}.core.customer_profiles
    where record_type not in ('cookie', 'guest', 'shopper', 'buyer')
"""

#: Of each system and type: ids published, gone and new, and customers who went from one to another.
_CHANGED = """
    with
    gone as (select * from records_before anti join records_now using (profile_id)),
    arrived as (select * from records_now anti join records_before using (profile_id)),
    counts as (
        select source_system, record_type, count(*) as known, 0 as gone, 0 as new
        from records_before group by all
        union all
        select source_system, record_type, 0, count(*), 0 from gone group by all
        union all
        select source_system, record_type, 0, 0, count(*) from arrived group by all
    ),
    followed as (
        select source_system, record_type, count(distinct profile_id) as joined
        from arrived semi join gone using (source_system, record_type, one_id)
        group by all
    )
    select
        source_system, record_type, sum(known), sum(gone), sum(new), coalesce(any_value(joined), 0)
    from counts left join followed using (source_system, record_type)
    group by all
    order by all
"""

#: Of each system and type: new ids of somebody whom it knew by another, those of them that are one
#: customer with it, and how many of the ids before were two of one person. A value counts that two
#: records have: more are a family, a shop's own phone, or what a form fills in by itself.
_ALIKE = """
    with
    contacts as (
        unpivot {source}.identity.int_identity__profiles
        on phone, email, name_key into name kind value contact
    ),
    held as (
        select
            source_system, record_type, kind, contact, now.profile_id, now.one_id,
            earlier.profile_id is null as is_new
        from contacts
        inner join records_now as now using (profile_id, source_system, record_type)
        left join (select profile_id from records_before) as earlier using (profile_id)
    ),
    twins as (
        select
            source_system, record_type,
            count_if(is_new) as new_ids,
            max_by(profile_id, is_new) as profile_id,
            min(profile_id) as first_id,
            max(profile_id) as last_id,
            min(one_id) = max(one_id) as is_joined
        from held
        group by source_system, record_type, kind, contact
        having count(*) = 2 and count_if(is_new) < 2
    )
    select
        source_system,
        record_type,
        count(distinct profile_id) filter (new_ids = 1),
        count(distinct profile_id) filter (new_ids = 1 and is_joined),
        coalesce(len(list_distinct(flatten(list([first_id, last_id]) filter (new_ids = 0)))), 0)
    from twins
    group by all
"""


@dataclass(frozen=True)
class Renumbering:
    """The ids of one system and type of record, beside those that are published.

    Attributes:
        known: ids that are published.
        gone: those of them that are not there any more.
        new: ids that came since.
        joined: new ones that are one customer with an id that is gone.
        alike: new ones of somebody whom the system knew by another id, which is still there.
        alike_joined: those of them that are one customer with it.
        usual: ids before of which two were of one person.
    """

    source_system: str
    record_type: str
    known: int
    gone: int = 0
    new: int = 0
    joined: int = 0
    alike: int = 0
    alike_joined: int = 0
    usual: int = 0

    @property
    def is_replaced(self) -> bool:
        """Whether ids that are published were replaced by as many new ones."""
        return (
            self.gone >= max(FLOOR, MOST_CHANGED * self.known)
            and self.new >= MOST_CHANGED * self.gone
        )

    @property
    def is_repeated(self) -> bool:
        """Whether new ids are of people whom the system knew by others."""
        usual = self.usual / self.known if self.known else 0.0
        return self.alike >= FLOOR and self.alike >= self.new * max(MOST_CHANGED, MARGIN * usual)

    @property
    def is_fault(self) -> bool:
        """Whether customers would be counted twice, or retire and come back as others."""
        if self.is_replaced:
            return self.joined < JOINED * min(self.gone, self.new)
        return self.is_repeated and self.alike_joined < JOINED * self.alike

    @property
    def changed(self) -> int:
        """How many ids changed."""
        return min(self.gone, self.new) if self.is_replaced else self.alike

    @property
    def limit(self) -> int:
        """How many might have."""
        of = self.known if self.is_replaced else self.new
        return max(FLOOR, int(MOST_CHANGED * of)) - 1

    def __str__(self) -> str:
        """What was found, in words."""
        what = f"{self.source_system} gave its customers new ids"
        if self.is_replaced:
            return (
                f"{what}: of {self.known:,} published ({self.record_type}) {self.gone:,} are gone "
                f"and {self.new:,} others came, {self.joined:,} of which are the same customers"
            )
        return (
            f"{what}: {self.alike:,} of {self.new:,} new ones ({self.record_type}) have phone, "
            "e-mail or name of one that was there before, "
            f"{self.alike_joined:,} of which are the same customers"
        )


def find_renumbered(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    before: str | None,
    accepted: Collection[str] = (),
) -> list[Renumbering]:
    """Systems that gave their customers new ids since the published file ``before`` was made.

    Args:
        connection: has both attached.
        source: catalog of the build.
        before: catalog of what is published; None where nothing is.
        accepted: systems and raw tables that are let through.

    Raises:
        One360Error: a system renumbered, and its customers are not the same any more.
    """
    if before is None:
        return []
    try:
        for name, catalog in (("records_before", before), ("records_now", source)):
            connection.execute(_RECORDS.format(name=name, catalog=catalog))
    except duckdb.CatalogException:
        return []
    if _has_another_salt(connection):
        return []
    found = [Renumbering(*row) for row in connection.execute(_CHANGED).fetchall()]
    alike = _alike(connection, source)
    nothing = (0, 0, 0)
    found = [
        Renumbering(
            each.source_system, each.record_type, each.known, each.gone, each.new, each.joined,
            *alike.get((each.source_system, each.record_type), nothing),
        )
        for each in found
    ]  # fmt: skip
    told = [each for each in found if each.is_replaced or each.is_repeated]
    systems = {name.split(".")[0] for name in accepted}
    faults = [each for each in told if each.is_fault and each.source_system not in systems]
    if faults:
        names = ", ".join(sorted({each.source_system for each in faults}))
        raise One360Error(
            f"nothing is published: {'; '.join(map(str, faults))}. Deliver the ids of before, or "
            "say with both which is whose (crm.member_identifiers, seed force_link); if they are "
            f"other people, build with --vars 'accept_arrivals: [{names}]' and publish again",
            GATE,
        )
    return told


def _has_another_salt(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether every key is another one and the customers are the same: the salt was replaced."""
    row = connection.execute(
        """
        select
            (select count(*) from records_before semi join records_now using (profile_id)),
            (
                select count(distinct one_id)
                from records_before semi join records_now using (one_id)
            ),
            (select count(distinct one_id) from records_before)
        """
    ).fetchone()
    same_records, same_customers, customers = row or (0, 0, 0)
    return not same_records and same_customers >= SAME_CUSTOMERS * customers


def _alike(
    connection: duckdb.DuckDBPyConnection, source: str
) -> dict[tuple[str, str], tuple[int, int, int]]:
    try:
        rows = connection.execute(_ALIKE.format(source=source)).fetchall()
    except duckdb.CatalogException:
        # a build of which no private tables are at hand
        return {}
    return {(system, kind): tuple(counts) for system, kind, *counts in rows}
