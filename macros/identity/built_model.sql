{% macro built_model(name) %}
    {%- set node = graph.nodes["model.one360." ~ name] -%}
    {{- return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -}}
{% endmacro %}
