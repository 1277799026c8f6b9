{#
    Creates what a file in functions/ defines: in DuckDB a macro, whose body takes the place of
    every call, in Spark a SQL function. Spark casts arguments to the declared types, DuckDB takes
    them as they are, so a function that needs text casts its argument itself.
#}
{% macro duckdb__scalar_function_sql(target_relation) %}
    create or replace macro {{ target_relation }}(
        {{- model.arguments | map(attribute="name") | join(", ") -}}
    ) as (
    {{ model.compiled_code }}
    )
{% endmacro %}

{% macro spark__scalar_function_sql(target_relation) %}
    create or replace function {{ target_relation }}({{ formatted_scalar_function_args_sql() }})
    returns {{ model.returns.data_type }}
    return {{ model.compiled_code }}
{% endmacro %}
