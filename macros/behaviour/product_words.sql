{% macro product_words(products, name, columns) %}
    {% for column in columns -%}
    select distinct
        {{ name }} as name,
        lower({{ column }}) as word_in_query
    from {{ products }}
    -- one letter would be found in nearly every query
    where {{ name }} is not null and length({{ column }}) > 1
    {{ "union" if not loop.last }}
    {% endfor %}
{%- endmacro %}
