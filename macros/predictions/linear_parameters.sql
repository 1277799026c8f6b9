{#- One row per version: a feature that it does not have counts 0. -#}
{% macro linear_parameters(parameters, keys) %}
    select
        {{ keys | join(",\n        ") }},
        max(case when feature = 'intercept' then coefficient end) as intercept
        {%- for feature in frame_features() %},
        coalesce(max(case when feature = '{{ feature }}' then coefficient end), 0)
            as {{ feature }}_coefficient,
        coalesce(max(case when feature = '{{ feature }}' then square_coefficient end), 0)
            as {{ feature }}_square,
        coalesce(max(case when feature = '{{ feature }}' then centre end), 0)
            as {{ feature }}_centre,
        coalesce(max(case when feature = '{{ feature }}' then scale end), 1)
            as {{ feature }}_scale
        {%- endfor %}
    from {{ parameters }}
    group by {{ keys | join(", ") }}
{%- endmacro %}
