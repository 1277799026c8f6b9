{# One row, of parameters that are 0 where nothing was fitted; a feature that was left out counts 0. #}
{% macro next_product_parameters(relation) %}
    select
        max(model_version) as model_version,
        max(reason) as reason,
        max(library_versions) as library_versions,
        max(rows_trained) as rows_trained,
        coalesce(max(case when feature = 'intercept' then coefficient end), 0) as intercept,
        {% for feature in next_product_features() -%}
            {% for column, missing in [
                ("coefficient", 0), ("square", 0), ("centre", 0), ("scale", 1)
            ] -%}
                coalesce(max(case
                    when feature = '{{ feature }}'
                        then {{ column ~ "_coefficient" if column == "square" else column }}
                end), {{ missing }}) as {{ feature }}_{{ column }},
            {% endfor -%}
        {% endfor -%}
        max(coefficient) is not null as is_fitted
    from {{ relation }}
{% endmacro %}
