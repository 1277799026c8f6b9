{#
    Numbers the nodes of a table of edges (`node`, `neighbour`: text, not null, unequal), so
    that rounds move integers only. Writes nodes (node, node_number: each node once) and
    edges (low < high, each once). A third column of nodes, last_node, serves the check.

    The number is a hash of the text: no sort and no join of texts, which took most of the
    time of a contraction. Should two nodes share a hash, which is checked, they are
    numbered in their order instead.
#}
{% macro number_edges(links, nodes, edges, result, work) %}
    {% set hashed = graph_clustering.work_table(result, "hashed", work) %}
    {% do graph_clustering.make_table(hashed, "
        select
            node,
            neighbour,
            " ~ graph_clustering.text_number("node") ~ " as node_number,
            " ~ graph_clustering.text_number("neighbour") ~ " as neighbour_number
        from " ~ links
    ) %}
    {% do graph_clustering.make_table(nodes, "
        select node_number, min(node) as node, max(node) as last_node
        from (
            select node_number, node from " ~ hashed ~ "
            union all
            select neighbour_number as node_number, neighbour as node from " ~ hashed ~ "
        ) as all_nodes
        group by node_number
    ") %}
    {% if graph_clustering.row_count(nodes, "node <> last_node") == 0 %}
        {% do graph_clustering.make_table(edges, "
            select distinct
                least(node_number, neighbour_number) as low,
                greatest(node_number, neighbour_number) as high
            from " ~ hashed
        ) %}
    {% else %}
        {% do graph_clustering.make_table(nodes, "
            select node, row_number() over (order by node) as node_number
            from (
                select node from " ~ links ~ " union select neighbour as node from " ~ links ~ "
            ) as all_nodes
        ") %}
        {% do graph_clustering.make_table(edges, "
            select distinct
                least(nodes.node_number, neighbours.node_number) as low,
                greatest(nodes.node_number, neighbours.node_number) as high
            from " ~ links ~ " as links
            inner join " ~ nodes ~ " as nodes on links.node = nodes.node
            inner join " ~ nodes ~ " as neighbours on links.neighbour = neighbours.node
        ") %}
    {% endif %}
{% endmacro %}
