{#
    The cut points of recency_days, frequency and monetary among the rows of `source`, one
    row per measure, and per group where `groups` names columns. A value up to the margin
    above a quantile still counts to the lower fifth; rounded, because a float a little above
    65.06 would be out of reach for 65.06. With rfm_scoring cuts they are those
    of the relation `cuts`, the same for every group.
#}
{% macro rfm_cut_points(source, cuts, groups=[]) %}
    {%- set measures = ["recency_days", "frequency", "monetary"] -%}
    {%- if setting("rfm_scoring") == "cuts" -%}
    select
        {% for group in groups -%}
        all_groups.{{ group }},
        {% endfor -%}
        cuts.measure,
        cuts.cut_1,
        cuts.cut_2,
        cuts.cut_3,
        cuts.cut_4
    from {{ cuts }} as cuts
    {%- if groups %}
    cross join (select distinct {{ groups | join(", ") }} from {{ source }}) as all_groups
    {%- endif %}
    {%- else -%}
    {%- for measure in measures %}
    select
        {% for group in groups -%}
        {{ group }},
        {% endfor -%}
        '{{ measure }}' as measure,
        {% for fifth in range(1, 5) -%}
        round({{ quantile(measure, fifth / 5) }} + {{ setting("rfm_quantile_margin") }}, 6)
            as cut_{{ fifth }}{{ "," if not loop.last }}
        {% endfor -%}
    from {{ source }}
    {{ "group by " ~ groups | join(", ") if groups }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
    {%- endif %}
{% endmacro %}
