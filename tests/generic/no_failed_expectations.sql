{# Rows of a results table whose expectation failed at the given severity. #}
{% test no_failed_expectations(model, level) %}

select
    suite,
    expectation,
    column_name,
    rule,
    observed_value,
    evaluated_rows,
    unexpected_percent
from {{ model }}
where status = 'failed' and severity = '{{ level }}'

{% endtest %}
