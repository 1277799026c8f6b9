"""Decides which rows become lines; the others get a reason."""

from __future__ import annotations

from one360.errors import UsageError
from one360.importers.orders.job import NUMBERS, Job
from one360.importers.orders.values import examples
from one360.sql import identifier, literal


def validate_rows(job: Job) -> None:
    """Give each row that cannot be a line the first reason why."""
    reasons: list[tuple[str, str]] = [
        ("given.time is null", "time is missing"),
        ("typed.ordered_at is null", "time cannot be read"),
    ]
    if "order" in job.given:
        reasons.append(('typed."order" is null', "order is missing"))
    for name in NUMBERS:
        if name not in job.given:
            continue
        column = f"given.{identifier(name)}"
        is_needed = name == "amount" or (name != "discount" and "amount" not in job.given)
        if is_needed:
            reasons.append((f"{column} is null", f"{name} is missing"))
        reasons.append(
            (f"{column} is not null and typed.{name} is null", f"{name} is not a number")
        )
    tests = " ".join(f"when {test} then {literal(reason)}" for test, reason in reasons)
    is_empty = " and ".join(f"given.{identifier(name)} is null" for name in job.given)
    job.connection.execute(
        f"""
        create temp table validated as
        select
            typed.*,
            case when {is_empty} then null {tests} end as reason,
            case when {is_empty} then 'empty row' end as left_out
        from given inner join typed on given.file_row = typed.file_row
        """
    )
    for _, reason, _ in job.read.broken:
        job.found.rejected[reason] = job.found.rejected.get(reason, 0) + 1
    for reason, count in job.connection.execute(
        "select reason, count(*) from validated where reason is not null group by 1"
    ).fetchall():
        job.found.rejected[reason] = count
    _leave_out(job)
    _refuse_bad_file(job)


def _leave_out(job: Job) -> None:
    """Mark the rows the user asked to leave out."""
    if job.options.drop_duplicates:
        every = ", ".join(
            identifier(name) for name in job.read.table.column_names if name != "file_row"
        )
        job.connection.execute(
            f"""
            update validated set left_out = 'exact duplicate of an earlier row'
            from (
                select
                    file_row,
                    row_number() over (partition by {every} order by file_row) as nth
                from given
            ) as repeated
            where
                validated.file_row = repeated.file_row
                and repeated.nth > 1
                and validated.reason is null
            """
        )
    if job.options.drop_anonymous:
        job.connection.execute(
            """
            update validated set left_out = 'no customer'
            where customer is null and reason is null and left_out is null
            """
        )
    job.found.left_out = dict(
        job.connection.execute(
            "select left_out, count(*) from validated where left_out is not null group by 1"
        ).fetchall()
    )


def _refuse_bad_file(job: Job) -> None:
    bad = sum(job.found.rejected.values())
    share = 100 * bad / job.found.rows
    if bad == job.found.rows or share > job.options.max_bad_rows:
        parts = []
        for reason, count in sorted(job.found.rejected.items(), key=lambda item: -item[1])[:3]:
            name = reason.split(" ")[0]
            shown = ""
            if reason.endswith(("cannot be read", "is not a number")):
                shown = f", as in {examples(job, name, 'ordered_at' if name == 'time' else name)}"
            parts.append(f"{reason}: {count:,}{shown}")
        raise UsageError(
            f"{job.file}: {bad:,} of {job.found.rows:,} rows cannot be read "
            f"({share:.1f} %, --max-bad-rows allows {job.options.max_bad_rows:g} %): "
            + "; ".join(parts)
        )
    kept = job.count("select count(*) from validated where reason is null and left_out is null")
    if not kept:
        raise UsageError(f"{job.file}: no row is left of {job.found.rows:,}")
