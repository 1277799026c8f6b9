{# A declared type as the engine writes it; Spark's varchar wants a length. #}
{% macro raw_type(declared) %}
    {{- return("string" if target.type == "spark" and declared == "varchar" else declared) -}}
{% endmacro %}
