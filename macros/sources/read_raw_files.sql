{% macro read_raw_files(requests) %}
    {% set answer = run_query(
        "select one360_raw_files('" ~ tojson(requests).replace("'", "''") ~ "') as answer"
    ) %}
    {{ return(fromjson(answer.columns[0].values()[0])) }}
{% endmacro %}
