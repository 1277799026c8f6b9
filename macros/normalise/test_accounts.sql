{% macro test_accounts(staging_model, key) %}
    {{- change_log.changed_through(staging_model, key, staging_key(), condition=row_hash(key) ~ " in (
        select " ~ row_hash(key) ~ " from " ~ staging_model ~ " where reject_reason = 'test_account'
        union all
        select " ~ row_hash(key) ~ " from " ~ change_log.changes_of(staging_model) ~ "
        where reject_reason = 'test_account'
    )") }}
    select {{ key | join(", ") }}, true as is_test_account
    from {{ staging_model }}
    group by {{ key | join(", ") }}
    having
        max(case when reject_reason = 'test_account' then 1 else 0 end) = 1
        and count(*) = count(reject_reason)
{%- endmacro %}
