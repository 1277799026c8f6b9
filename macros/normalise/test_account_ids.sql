{# A select of the ids all of whose rows in a base model are test accounts. #}
{% macro test_account_ids(base_model, id) %}
    select {{ id }} as test_account_id
    from {{ base_model }}
    where {{ id }} is not null
    group by {{ id }}
    having
        max(case when reject_reason = 'test_account' then 1 else 0 end) = 1
        and count(*) = count(reject_reason)
{%- endmacro %}
