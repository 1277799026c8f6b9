"""Decides which rows become lines; the others get a reason."""

from __future__ import annotations

from one360.errors import UsageError
from one360.importers.orders.amounts import (
    ask_what_an_amount_is,
    divide_amounts,
    lacked_by_lines,
    reject_without_amount,
)
from one360.importers.orders.job import NUMBERS, Job
from one360.importers.orders.sales import leave_out_what_is_no_sale
from one360.importers.orders.values import examples
from one360.sql import identifier, literal


def validate_rows(job: Job) -> None:
    """Give each row that cannot be a line the first reason why."""
    reasons: list[tuple[str, str]] = [
        ("given.time is null", "time is missing"),
        ("typed.ordered_at is null", "time cannot be read"),
        ("typed.ordered_at < timestamp '1990-01-01'", "time is before 1990"),
        (
            "typed.ordered_at > get_current_timestamp()::timestamp + interval 1 day",
            "time is in the future",
        ),
    ]
    if "order" in job.given:
        reasons.append(('typed."order" is null', "order is missing"))
    for name in NUMBERS:
        if name not in job.given:
            continue
        column = f"given.{identifier(name)}"
        is_needed = (
            job.options.amount_is != "order"
            if name == "amount"
            else name != "discount" and "amount" not in job.given
        )
        if is_needed:
            reasons.append((f"{column} is null", f"{name} is missing"))
        reasons.append(
            (f"{column} is not null and typed.{name} is null", f"{name} is not a number")
        )
    if job.options.discount_is == "share":
        reasons.append(("abs(typed.discount) > 1", "discount is above 1, no share"))
    if "amount" not in job.given:
        money = "cast(typed.price as double) * cast(typed.quantity as double)"
        reasons.append((f"abs({money}) >= 1e14", "price times quantity is too large"))
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
    leave_out_what_is_no_sale(job)
    reject_without_amount(job)
    for _, reason, _ in job.read.broken:
        job.found.rejected[reason] = job.found.rejected.get(reason, 0) + 1
    for reason, count in job.connection.execute(
        "select reason, count(*) from validated where reason is not null group by 1"
    ).fetchall():
        job.found.rejected[reason] = count
    _leave_out(job)
    lacked = lacked_by_lines(job)
    hint = (
        f"{lacked:,} rows lack an amount that another row of their order has; "
        "if that is what the whole order cost, say --amount-is order"
    )
    _refuse_bad_file(job, hint if lacked else None)
    if lacked:
        job.found.notes.append(hint)
    _name_nobody(job)
    ask_what_an_amount_is(job)
    divide_amounts(job)


#: Words and numbers that stand for no customer; a name that holds one of them is none.
NOBODY = (
    "[0 .:-]*0[0 .:-]*|-1|-9+|(?:f-?){8,}|x{3,}|-+|n/?a|anon"
    "|nobody|none|null|nan|nil|unknown|undefined"
    "|(?:guest|anonymous|visitor)(?:[ _-]?(?:user|customer|account|checkout|buyer|id))?"
    "|walk[ _-]?in(?:[ _-]?customer)?|non[ _-]?member|cash"
    "|no[ _-]?(?:id|card|member|customer|account|login|user)"
    "|[(]?not[ _-]?(?:set|available|applicable|provided|logged[ _-]?in|registered)[)]?"
    "|无|暂无|没有|未知|不详|游客|访客|匿名|匿名用户|散客|未登录|非会员|无会员|未填写"
)


def _name_nobody(job: Job) -> None:
    """A word for nobody that several orders bear joins strangers: these have no customer.

    What one order alone bears joins nobody, and somebody may be called so.
    """
    order = '"order"' if job.columns.order else "cast(ordered_at as varchar)"
    found = job.connection.execute(
        f"""
        select customer, count(distinct {order}) as orders
        from validated
        where
            reason is null and left_out is null
            and regexp_full_match(customer, {literal(f"(?i:{NOBODY})")})
        group by customer
        having count(distinct {order}) > 1
        order by orders desc, customer
        """
    ).fetchall()
    for customer, orders in found:
        job.connection.execute(
            "update validated set customer = null where customer = ?", [customer]
        )
        job.found.notes.append(
            f"{customer!r} is taken for no customer: a word for nobody on {orders:,} orders"
        )


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
                and validated.left_out is null
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


def _refuse_bad_file(job: Job, hint: str | None) -> None:
    bad = sum(job.found.rejected.values())
    share = 100 * bad / job.found.rows
    if bad == job.found.rows or share > job.options.max_bad_rows:
        parts = []
        for reason, count in sorted(job.found.rejected.items(), key=lambda item: -item[1])[:3]:
            # a reason begins with the column at fault; that of a broken line does not
            name = reason.split(" ")[0]
            found = f"select file_row from validated where reason = {literal(reason)}"
            shown = examples(job, name, found) if name in job.given else ""
            parts.append(f"{reason}: {count:,}{shown and ', as in ' + shown}")
        raise UsageError(
            f"{job.file}: {bad:,} of {job.found.rows:,} rows cannot be read "
            f"({share:.1f} %, --max-bad-rows allows {job.options.max_bad_rows:g} %): "
            + "; ".join(parts)
            + (f"; {hint}" if hint else "")
        )
    kept = job.count("select count(*) from validated where reason is null and left_out is null")
    if not kept:
        left_out = ", ".join(f"{reason} {rows:,}" for reason, rows in job.found.left_out.items())
        # a shop that is paid on delivery has pending orders alone
        hint = (
            "; if these are sales, say with --no-sale which statuses are none ('' for none of them)"
            if "no sale" in left_out
            else ""
        )
        raise UsageError(
            f"{job.file}: no row is left of {job.found.rows:,}{left_out and ': ' + left_out}{hint}"
        )
