{% macro rule_levels() %}
    {{- return(["category", "subcategory", "product"]) -}}
{% endmacro %}
