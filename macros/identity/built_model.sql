{#
    The table of a model, for operations: `ref` keeps them from private models, and an
    operation of this project is no outsider.
#}
{% macro built_model(name) %}
    {%- set node = graph.nodes["model." ~ project_name ~ "." ~ name] -%}
    {{- return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -}}
{% endmacro %}
