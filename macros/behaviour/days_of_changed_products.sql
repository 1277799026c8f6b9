{% macro days_of_changed_products(name, columns) %}
    {%- set day = change_log.key_hash(["profile_id", "activity_date"]) -%}
    {%- set interests = ref("int_behaviour__session_interests") -%}
    {%- set products = ref("int_behaviour__products") -%}
    {%- set changed = change_log.changes_of(products, ["product_id"] + columns) -%}
    {%- set unchanged = "(select * from " ~ products ~ " where product_id not in (
        select product_id from " ~ changed ~ "
    )) as unchanged_products" -%}
    select {{ day }} as key_hash
    from {{ interests }}
    where product_id in (select product_id from {{ changed }})
    union all
    select {{ day }} as key_hash
    from {{ interests }}
    where search_query in (
        select queries.search_query
        from (select distinct search_query from {{ interests }}) as queries
        inner join (
            ({{ product_words(changed, name, columns) }})
            except
            ({{ product_words(unchanged, name, columns) }})
        ) as words
            on position(words.word_in_query in queries.search_query) > 0
    )
{%- endmacro %}
