{#
    From when on a row is known: a delivery belongs to the night after its day, so what arrives by the
    end of the next day was known on its own day; what the first delivery of a system brought counts
    as known all along.
-#}
{% macro with_known_date(delivered, happened_date) %}
    {%- set delivered_date = add_days(business_date("loaded_at"), -1) -%}
    select
        delivered.*,
        case
            when delivered.delivered_date > first_deliveries.delivered_date
                then greatest(delivered.{{ happened_date }}, delivered.delivered_date)
            else delivered.{{ happened_date }}
        end as known_date
    from (
        select
            *,
            {{ delivered_date }} as delivered_date
        from {{ delivered }}
    ) as delivered
    left join (
        select
            source_system,
            min({{ delivered_date }}) as delivered_date
        from {{ delivered }}
        group by source_system
    ) as first_deliveries
        on delivered.source_system = first_deliveries.source_system
{%- endmacro %}
