"""Makes lines and receipts of the rows: signs, orders, customers, returns."""

from __future__ import annotations

from decimal import Decimal

from one360.errors import UsageError
from one360.importers.orders.job import Job, key_of_order, loaded_at
from one360.importers.orders.rows import NOBODY
from one360.importers.orders.sales import refuse_mixed_currencies
from one360.sql import literal

#: That none of so many customers bought twice is no chance.
_TELLING_CUSTOMERS = 100

#: Without any order for longer, what comes after is apart (variable as_of_gap_days).
_GAP_DAYS = 90
#: Of all orders at most so many may be a mistake.
_FEW_SHARE = 0.01


def make_lines(job: Job) -> None:
    """Signs, orders and receipts of every line."""
    prefix = job.options.return_prefix or ""
    has_prefix = (
        f"""
        coalesce(
            starts_with("order", {literal(prefix)}) and length("order") > {len(prefix)}, false
        )
        """
        if prefix
        else "false"
    )
    order_key = key_of_order(job)
    job.connection.execute(
        f"""
        create temp table signed as
        with amounts as (
            select
                file_row, ordered_at, customer, store, currency,
                product, {_product_name(job)} as product_name, brand, category, price,
                {order_key} as order_key,
                {has_prefix} as has_prefix,
                quantity,
                {_discount(job)} as discount,
                try_cast(
                    cast(price as decimal(19, 4)) * cast(quantity as decimal(19, 4))
                    as decimal(18, 4)
                ) as price_amount,
                amount
            from validated
            where reason is null and left_out is null
        ),
        nets as (
            select
                *,
                coalesce(
                    -- some tills write the amount of a return without its sign
                    case when quantity < 0 then -abs(amount) else amount end,
                    price_amount - sign(price_amount) * discount
                ) as net
            from amounts
        ),
        turned as (
            select
                *,
                -- a return whose sum is written as a sale's is turned around
                case
                    when has_prefix and sum(net) over (partition by order_key, has_prefix) > 0
                        then -1
                    else 1
                end as turn
            from nets
        )
        select
            * exclude (turn, net, quantity, discount, price_amount, amount),
            cast(net * turn as decimal(18, 4)) as net_amount,
            cast(case
                when price_amount is not null and amount is null then price_amount * turn
                when price_amount is not null and price_amount <> 0
                    then sign(net) * abs(price_amount) * turn
                else (net + sign(net) * discount) * turn
            end as decimal(18, 4)) as list_amount,
            cast(case
                when net <> 0 then sign(net) * turn * abs(coalesce(quantity, 1))
                when has_prefix then -abs(coalesce(quantity, 1))
                else coalesce(quantity, 1)
            end as decimal(18, 4)) as quantity,
            has_prefix or coalesce(quantity, 0) < 0 as is_said_return
        from turned
        """
    )
    fills = "customers.customer_count = 1" if job.options.fill_customer else "false"
    job.connection.execute(
        f"""
        create temp table lines as
        with customers as (
            select
                order_key,
                count(distinct customer) as customer_count,
                min(customer) as only_customer
            from signed
            group by order_key
        ),
        filled as (
            select
                signed.* exclude (customer),
                case when {fills} then customers.only_customer else signed.customer end as customer,
                signed.customer is null and {fills} as is_filled
            from signed
            inner join customers on signed.order_key = customers.order_key
        ),
        sold as (
            select
                *,
                -- a voucher on a line of its own lowers the sale that it stands in
                net_amount < 0
                and not is_said_return
                and sum(net_amount) filter (not is_said_return)
                    over (partition by order_key, customer) > 0 as is_discount
            from filled
        ),
        first_rows as (
            select
                * exclude (quantity),
                case when is_discount then 0 else quantity end as quantity,
                is_said_return or (net_amount < 0 and not is_discount) as is_return,
                min(file_row) over (partition by order_key, customer) as customer_first_row
            from sold
        ),
        numbered as (
            select
                *,
                dense_rank() over (
                    partition by order_key order by customer_first_row
                ) as customer_number,
                -- a return that is the whole order needs no mark
                bool_and(is_return) over (partition by order_key, customer) as is_return_order
            from first_rows
        ),
        named as (
            select
                *,
                order_key || case
                    when customer_number > 1 then '#' || cast(customer_number as varchar)
                    else ''
                end as sale_receipt_id
            from numbered
        )
        select
            *,
            sale_receipt_id || case
                when is_return and not is_return_order then '#return' else ''
            end as receipt_id
        from named
        """
    )


def _product_name(job: Job) -> str:
    """SQL of what a product is called; of a file without products what is known of them names one.

    A category or brand is that of a product, and would be lost with the products.
    """
    kinds = [name for name in ("brand", "category") if name in job.given]
    if job.columns.product or job.columns.product_name or not kinds:
        return "product_name"
    job.found.notes.append(
        f"no column is --product or --product-name: products are told apart by --{kinds[-1]}"
        + (f" and --{kinds[0]}" if len(kinds) > 1 else "")
    )
    return f"nullif(concat_ws(' ', {', '.join(kinds)}), '')"


def _discount(job: Job) -> str:
    """SQL of the money that a discount takes off the line."""
    if job.options.discount_is != "share":
        return "abs(coalesce(discount, 0))"
    # of the price of all units; where only what was paid is known, of what that was before
    paid = "abs(amount) / nullif(1 - abs(discount), 0)"
    whole = f"coalesce(abs(cast(price as double) * quantity), {paid})"
    share = f"cast(abs(discount) as double) * {whole}"
    return f"coalesce(try_cast(round({share}, 4) as decimal(18, 4)), 0)"


def _key_as_card(customer: str) -> str:
    """SQL of a customer's key as a card number that staging reads as no other key's.

    Of a card staging takes case, blanks, dashes and dots for the way it is printed. A key of a file
    is compared as it is: one in which staging changes nothing is written as it is, any other with
    a mark that is made of all of its characters.
    """
    shown = f"left(regexp_replace(upper({customer}), '[^0-9A-Z\u4e00-\u9fff]', '', 'g'), 40)"
    return (
        f"case when regexp_full_match({customer}, '[0-9A-Z\u4e00-\u9fff]+')"
        f" and not regexp_full_match({customer}, {literal(f'(?i:{NOBODY})')}) then {customer}"
        f" else {shown} || '#' || upper(left(md5({customer}), 12)) end"
    )


def make_receipts(job: Job) -> None:
    """Receipts of the lines; a return names the receipt that it returns, where it is known."""
    prefix = len(job.options.return_prefix or "")
    refuse_mixed_currencies(job)
    job.connection.execute(
        f"""
        create temp table receipts as
        with grouped as (
            select
                receipt_id,
                bool_or(is_return) as is_return,
                bool_or(has_prefix) as has_prefix,
                min(order_key) as order_key,
                min(sale_receipt_id) as sale_receipt_id,
                min(customer) as customer,
                min_by(store, file_row) filter (store is not null) as store_id,
                min(currency) as currency,
                count(distinct store) as store_count,
                count(distinct ordered_at) as time_count,
                count(distinct (order_key, customer_number, is_return)) as receipt_count,
                min(ordered_at) as sold_at,
                try_cast(sum(net_amount) as decimal(18, 4)) as total_amount,
                min(file_row) as first_row
            from lines
            group by receipt_id
        )
        select
            returned.* exclude (sale_receipt_id),
            {_key_as_card("returned.customer")} as card_no,
            case
                when returned.receipt_id <> returned.sale_receipt_id
                    then returned.sale_receipt_id
                else sales.receipt_id
            end as returns_receipt_id,
            {loaded_at("returned.sold_at", "returned")} as loaded_at
        from grouped as returned
        left join grouped as sales
            on
                returned.is_return
                and returned.has_prefix
                and substr(returned.order_key, {prefix + 1}) = sales.receipt_id
                and returned.customer = sales.customer
                and not sales.is_return
        """
    )
    clashing = job.value(
        "select min(receipt_id) from receipts where receipt_count > 1 and not has_prefix"
    )
    if clashing is not None:
        raise UsageError(
            f"{job.file} column {job.columns.order!r}: {clashing!r} clashes with the name "
            "of another order's second receipt; do not use # in order numbers"
        )
    _describe(job)


def _describe(job: Job) -> None:
    found = job.found
    (
        found.receipts, found.return_receipts, found.returns_of_known_receipt,
        found.anonymous_receipts, found.customers, found.first_at, found.last_at, net,
    ) = job.connection.execute(
        """
        select
            count(*),
            count(*) filter (is_return),
            count(returns_receipt_id),
            count(*) filter (customer is null),
            count(distinct customer),
            min(sold_at),
            max(sold_at),
            (select sum(net_amount) from lines)
        from receipts
        """
    ).fetchone() or (0, 0, 0, 0, 0, None, None, 0)  # fmt: skip
    found.net_amount = net or Decimal(0)
    _note_newest_apart(job)
    found.lines = job.count("select count(*) from lines")
    notes = {
        "select count(distinct order_key) from lines where customer_number > 1": (
            "{n} order numbers are used by more than one customer: a receipt each, "
            "the further ones numbered #2, #3, …"
        ),
        "select count(*) from lines where is_filled": (
            "{n} rows without customer took the customer of their order"
        ),
        "select count(*) from receipts where total_amount = 0 and not is_return": (
            "{n} orders come to 0 and are kept; where these were not paid or were paid back, "
            "leave them out by --status and --no-sale"
        ),
        "select count(*) from receipts where time_count > 1": (
            "{n} orders have rows of different times; the earliest is taken "
            "(where numbers begin anew, say --order-per day)"
        ),
        "select count(*) from receipts where store_count > 1": (
            "{n} orders name several stores; the first is taken "
            "(where numbers begin anew in each, say --order-per store)"
        ),
    }
    if found.customers >= _TELLING_CUSTOMERS and not job.count(
        "select count(*) from (select customer from receipts where not is_return "
        "group by customer having customer is not null and count(*) > 1)"
    ):
        found.notes.append(
            f"no customer has a second order, so nothing is known of who buys again: is "
            f"{job.columns.customer!r} the customer, and has the file a row per order or line?"
        )
    for query, note in notes.items():
        count = job.count(query)
        if count:
            found.notes.append(note.format(n=f"{count:,}"))


def _note_newest_apart(job: Job) -> None:
    """A few newest orders long after all others set the date that the data are seen as of."""
    zone = literal(job.options.timezone)
    row = job.connection.execute(
        f"""
        with gaps as (
            select sold_at, lag(sold_at) over (order by sold_at) as previous_at from receipts
        ),
        latest as (
            select max_by(previous_at, sold_at) as previous_at
            from gaps where cast(sold_at as date) - cast(previous_at as date) > {_GAP_DAYS}
        )
        select
            latest.previous_at,
            count(*),
            cast(min(receipts.sold_at) as date) - cast(latest.previous_at as date),
            cast(timezone({zone}, timezone('UTC', max(receipts.sold_at))) as date),
            cast(timezone({zone}, timezone('UTC', latest.previous_at)) as date)
        from latest inner join receipts on latest.previous_at < receipts.sold_at
        group by latest.previous_at
        having count(*) <= {_FEW_SHARE} * (select count(*) from receipts)
        """
    ).fetchone()
    job.found.seen_at = job.found.last_at
    if row is None:
        return
    previous_at, count, days, newest, previous = row
    orders = "order is" if count == 1 else f"{count:,} orders are"
    note = f"the newest {orders} {days:,} days after the next one: {newest} after {previous}; "
    if count == 1:
        # a build takes one that stands alone for a mistake
        job.found.seen_at = previous_at
        note += f"a build is as of {previous} all the same, and does not see it"
    else:
        note += (
            f"a build is as of {newest}, and everybody else long gone; where that is a mistake, "
            f"leave these rows out or build with as_of: {previous}"
        )
    job.found.notes.append(note)
