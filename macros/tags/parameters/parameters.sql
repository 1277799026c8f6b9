{#
    Parameters of a family are rows of <family>_parameters: a number that holds for all
    customers, or for those of a scope (a category, a channel), fitted from the data or taken
    from a seed or variable.
#}

{% macro parameter_rows(source, tag_code, codes, decimals=none, scope="null", origin="data") %}
    {%- for code in codes %}
    select
        '{{ tag_code }}' as tag_code,
        cast({{ scope }} as string) as scope,
        '{{ code }}' as parameter_code,
        cast({{ code }} as double) as parameter_value,
        {% if decimals is none -%}
        cast(null as string) as threshold_value,
        {%- elif decimals == "exact" -%}
        cast({{ code }} as string) as threshold_value,
        {%- else -%}
        cast(round({{ code }}, {{ decimals }}) as string) as threshold_value,
        {%- endif %}
        '{{ origin }}' as origin
    from {{ source }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{% endmacro %}

{% macro level_parameters(source, tag_code, level, value) %}
    select
        cast({{ tag_code }} as string) as tag_code,
        cast(null as string) as scope,
        {{ level }} || '_from' as parameter_code,
        cast({{ value }} as double) as parameter_value,
        cast({{ value }} as string) as threshold_value,
        'seed' as origin
    from {{ source }}
{% endmacro %}

{% macro as_parameters(source) %}
    select
        cast(parameters.tag_code as string) as tag_code,
        cast(parameters.scope as string) as scope,
        cast(parameters.parameter_code as string) as parameter_code,
        cast(parameters.parameter_value as double) as parameter_value,
        cast(parameters.threshold_value as string) as threshold_value,
        cast(parameters.origin as string) as origin,
        cast(as_of.as_of_date as date) as as_of_date
    from {{ source }} as parameters
    cross join {{ ref("int_behaviour__as_of") }} as as_of
    where parameters.parameter_value is not null
{% endmacro %}

{% macro read_parameters(relation, tag_code, codes, by=none) %}
    select
        {% if by -%}
        scope as {{ by }},
        {% endif -%}
        {% for code in codes -%}
        max(case when parameter_code = '{{ code }}' then parameter_value end) as {{ code }}
        {{- "," if not loop.last }}
        {% endfor -%}
    from {{ relation }}
    where tag_code = '{{ tag_code }}' and scope is {{ "not null" if by else "null" }}
    {{ "group by scope" if by }}
{% endmacro %}
