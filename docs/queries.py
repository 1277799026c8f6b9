"""The five queries of the README, run on a published file: python docs/queries.py FILE."""

import sys

import duckdb

QUERIES = {
    "Which segments are worth what?": """
        select segment_name_en, segment_name_zh, count(*) as customers,
            round(avg(recency_days)) as recency_days, round(avg(frequency), 1) as orders,
            cast(sum(monetary) as bigint) as spent
        from tags.tag_rfm
        group by all
        order by spent desc
    """,
    "Who is falling asleep, by their own purchase cycle?": """
        select nes_status, count(*) as customers,
            round(median(purchase_cycle_days)) as median_cycle_days,
            round(median(days_since_last_order)) as median_days_since_order
        from tags.tag_nes
        group by all
        order by nes_status
    """,
    "What joined the profiles of the customer with the most systems?": """
        select source_system, profile_type, joined_by, first_seen_at
        from core.customer_profiles
        where one_id = (
            select one_id from core.customers
            order by length(source_systems) desc, profile_count desc, one_id limit 1
        )
        order by first_seen_at, profile_type
        limit 8
    """,
    "Important customers to win back who may be contacted": """
        select count(*) as customers, cast(sum(monetary) as bigint) as spent_in_window
        from tags.customer_360
        where is_contactable and not is_reseller_suspect
            and rfm_segment_code in ('important_retention', 'important_win_back')
            and nes_status in ('S1', 'S2')
    """,
    "What was refused, and why?": """
        select source_system || '.' || source_table as raw_table, reason_code,
            count(*) as raw_rows
        from quality.rejected_records
        group by all
        order by raw_rows desc
        limit 8
    """,
}


def main(path: str) -> None:
    """Print each question, its SQL and its result."""
    with duckdb.connect(path, read_only=True) as connection:
        for question, sql in QUERIES.items():
            lines = [line[8:] for line in sql.strip("\n").rstrip().splitlines()]
            print(f"-- {question}")
            print("\n".join(lines))
            print(connection.sql(sql))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/queries.py published/demo.duckdb")
    main(sys.argv[1])
