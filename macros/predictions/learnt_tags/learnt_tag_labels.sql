{# Labels of the variable learnt_tags, each with all its settings. #}
{% macro learnt_tag_labels() %}
    {%- set labels = [] -%}
    {%- for code, given in var("learnt_tags").items() -%}
        {%- do labels.append({
            "code": code,
            "where": given.get("where"),
            "labels": given.get("labels"),
        }) -%}
    {%- endfor -%}
    {{- return(labels) -}}
{% endmacro %}
