{#
    Materialization: the model's SQL is an edge list (`node`, `neighbour`), the table holds
    the connected component of every node. See contract_graph for the method.
#}
{% materialization connected_components, default, supported_languages=["sql"] %}
    {%- set target_relation = graph_clustering.begin_table() -%}
    {% do graph_clustering.contract_graph(compiled_code, target_relation) %}
    {{- return(graph_clustering.end_table(target_relation)) -}}
{% endmaterialization %}
