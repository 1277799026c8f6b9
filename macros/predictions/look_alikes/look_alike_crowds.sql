{#
    Crowds of the variable look_alike_crowds, each with all its settings. Where audiences are built,
    their code will be a third way beside `where` and `labels`.
#}
{% macro look_alike_crowds() %}
    {%- set crowds = [] -%}
    {%- for code, given in var("look_alike_crowds").items() -%}
        {%- do crowds.append({
            "code": code,
            "where": given.get("where"),
            "labels": given.get("labels"),
            "size": given.get("size", 1000),
            "min_similarity": given.get("min_similarity", 0),
            "leave_out": given.get("leave_out", []),
        }) -%}
    {%- endfor -%}
    {{- return(crowds) -}}
{% endmacro %}
