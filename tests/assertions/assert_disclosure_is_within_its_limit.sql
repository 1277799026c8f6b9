{{ config(severity="warn") }}
-- Of few customers nearly all are singled out by where they live: that says nothing of the columns.
{%- set few = 1000 %}
select
    set_code,
    disclosed_customers,
    customers
from {{ ref("disclosure_risk") }}
where not is_within and customers >= {{ few }}
