{#
    What is learnt from labelled customers, each with all its settings: crowds of the variable
    look_alike_crowds, labels of the variable learnt_tags. Where audiences are built, their code will
    be a third way beside `where` and `labels`.
#}
{% macro learnt_purposes() %}
    {%- set scopes = {
        "look_alike": {
            "given": var("look_alike_crowds"),
            "folds": 3,
            "unlabelled_outcome": 0,
            "sample_customers": var("look_alike_sample_customers"),
            "is_sampled_by_outcome": true,
        },
        "learnt_tag": {
            "given": var("learnt_tags"),
            "folds": 5,
            "unlabelled_outcome": none,
            "sample_customers": var("prediction_sample_customers"),
            "is_sampled_by_outcome": false,
        },
    } -%}
    {%- set purposes = [] -%}
    {%- for scope, settings in scopes.items() -%}
        {%- for code, given in settings.given.items() -%}
            {%- set purpose = dict(settings) -%}
            {%- do purpose.update({
                "purpose": scope ~ "_" ~ code,
                "scope": scope,
                "code": code,
                "where": given.get("where"),
                "labels": given.get("labels"),
                "leave_out": given.get("leave_out", []),
                "size": given.get("size", 1000),
                "min_similarity": given.get("min_similarity", 0),
            }) -%}
            {%- do purposes.append(purpose) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(purposes) -}}
{% endmacro %}
