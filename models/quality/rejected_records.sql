with

rejected as (

    {% for table in raw_tables() -%}
        select
            '{{ table.system }}' as source_system,
            '{{ table.table }}' as source_table,
            {% for column in table.key -%}
                coalesce(cast({{ column }} as string), ''){{ " || '|' || " if not loop.last }}
            {%- endfor %} as natural_key,
            reject_reason as reason_code,
            {% if "currency" in table.columns | map(attribute="name") -%}
                case
                    when reject_reason = 'missing_rate'
                        then
                            case
                                when {{ regex_full_match("currency", "[A-Z]{3}") }} then currency
                                else 'no code'
                            end || ' on ' || cast(rate_date as string)
                end
            {%- else -%}
                cast(null as string)
            {%- endif %} as reason_detail,
            raw_record,
            loaded_at as rejected_at
        from {{ ref("stg_" ~ table.system ~ "__" ~ table.table) }}
        where reject_reason is not null
        {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    cast(source_system as string) as source_system,
    cast(source_table as string) as source_table,
    cast(natural_key as string) as natural_key,
    cast(reason_code as string) as reason_code,
    cast(reason_detail as string) as reason_detail,
    cast(raw_record as string) as raw_record,
    cast(rejected_at as timestamp) as rejected_at
from rejected
