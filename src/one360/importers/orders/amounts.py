"""Tells amounts of lines from those of whole orders, and divides the latter among the lines."""

from __future__ import annotations

from one360.errors import UsageError
from one360.importers.orders.job import Job, key_of_order

#: From so many orders of several rows, and so many different amounts, what they have in common
#: tells what an amount is; below that it may be chance.
_TELLING_ORDERS = 10
_TELLING_AMOUNTS = 5
_TELLING_SHARE = 0.95


def reject_without_amount(job: Job) -> None:
    """Reject the rows of orders of which no row has an amount, where it is that of the order."""
    if job.options.amount_is != "order":
        return
    job.connection.execute(
        f"""
        update validated set reason = 'amount is missing'
        from (
            select file_row, max(amount) over (partition by {key_of_order(job)}) as amount
            from validated
            where reason is null and left_out is null
        ) as found
        where validated.file_row = found.file_row and found.amount is null
        """
    )


def lacked_by_lines(job: Job) -> int:
    """How many rows were rejected without an amount that another row of their order has."""
    if not _may_be_of_orders(job):
        return 0
    key = key_of_order(job)
    return job.count(
        f"""
        select count(*) from validated
        where
            reason = 'amount is missing'
            and {key} in (select {key} from validated where amount is not null)
        """
    )


def ask_what_an_amount_is(job: Job) -> None:
    """Stop where the rows of an order all have its amount: added up it counts once per row."""
    if not _may_be_of_orders(job):
        return
    # one product twice costs the same twice
    products = "count(distinct coalesce(product, product_name))"
    is_told = "product" in job.given or "product_name" in job.given
    row = job.connection.execute(
        f"""
        with orders as (
            select
                {key_of_order(job)} as order_key,
                count(*) as row_count,
                min(amount) as amount,
                count(distinct amount) = 1 as is_one,
                bool_and(coalesce(amount = price * quantity, false)) as is_of_line
            from validated
            where reason is null and left_out is null
            group by 1
            having count(*) > 1 {f"and {products} > 1" if is_told else ""}
        )
        select count(*), count(*) filter (is_one), count(distinct amount) filter (is_one),
            arg_min(order_key, order_key) filter (is_one),
            arg_min(amount, order_key) filter (is_one),
            arg_min(row_count, order_key) filter (is_one)
        from orders where not is_of_line
        """
    ).fetchone()
    orders, same, amounts, order, amount, rows = row or (0, 0, 0, None, None, None)
    if (
        orders >= _TELLING_ORDERS
        and same >= _TELLING_SHARE * orders
        and amounts >= _TELLING_AMOUNTS
    ):
        raise UsageError(
            f"{job.file} column {job.given['amount']!r} as --amount: of {orders:,} orders with "
            f"several rows {same:,} have one amount in all of them, as {order!r} has {amount:f} in "
            f"{rows}; say --amount-is order (it is that of the whole order) or --amount-is line"
        )


def divide_amounts(job: Job) -> None:
    """Divide the amount of an order among its rows, where it is that of the whole order.

    In proportion to price times quantity, or evenly where these are not known. The parts, of four
    decimals, add up to the amount.
    """
    if job.options.amount_is != "order":
        return
    job.connection.execute(
        f"""
        create temp table kept as
        select
            file_row,
            {key_of_order(job)} as order_key,
            amount,
            abs(coalesce(cast(price as double) * cast(quantity as double), 0)) as weight
        from validated
        where reason is null and left_out is null
        """
    )
    several = job.connection.execute(
        """
        select order_key, min(amount), max(amount) from kept where amount <> 0
        group by order_key having count(distinct amount) > 1 order by order_key limit 1
        """
    ).fetchone()
    if several:
        raise UsageError(
            f"{job.file} column {job.given['amount']!r} as --amount: order {several[0]!r} has "
            f"{several[1]:f} and {several[2]:f}; with --amount-is order its rows have one"
        )
    job.connection.execute(
        """
        update validated set amount = cast(parts.amount as decimal(18, 4))
        from (
            with orders as (
                select
                    order_key,
                    count(*) as row_count,
                    coalesce(max(amount) filter (amount <> 0), 0) as total,
                    sum(weight) as total_weight
                from kept group by order_key
            ),
            running as (
                select
                    kept.file_row,
                    kept.order_key,
                    round(cast(orders.total as double) * case
                        when orders.total_weight > 0
                            then sum(kept.weight) over until_here / orders.total_weight
                        else row_number() over until_here / orders.row_count
                    end, 4) as amount
                from kept inner join orders on kept.order_key = orders.order_key
                window until_here as (partition by kept.order_key order by kept.file_row)
            )
            select
                file_row,
                amount - lag(amount, 1, 0) over (partition by order_key order by file_row)
                    as amount
            from running
        ) as parts
        where validated.file_row = parts.file_row
        """
    )


def _may_be_of_orders(job: Job) -> bool:
    """Whether the file has amounts and orders of several rows, and nobody said which they are."""
    return (
        job.options.amount_is is None
        and "amount" in job.given
        and job.columns.order is not None
        and not job.options.rows_are_orders
    )
