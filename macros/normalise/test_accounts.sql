{% macro test_accounts(base_model, key) %}
    {{- change_log.changed_through(base_model, key, base_key(), condition=row_hash(key) ~ " in (
        select " ~ row_hash(key) ~ " from " ~ base_model ~ " where reject_reason = 'test_account'
        union all
        select " ~ row_hash(key) ~ " from " ~ change_log.changes_of(base_model) ~ "
        where reject_reason = 'test_account'
    )") }}
    select {{ key | join(", ") }}, true as is_test_account
    from {{ base_model }}
    group by {{ key | join(", ") }}
    having
        max(case when reject_reason = 'test_account' then 1 else 0 end) = 1
        and count(*) = count(reject_reason)
{%- endmacro %}
