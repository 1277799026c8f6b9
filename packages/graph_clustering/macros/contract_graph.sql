{#
    Connected components by graph contraction, as plain SQL that both engines run.

    edges_sql yields `node` and `neighbour`, both text; direction, duplicates and
    self-loops do not matter. The result table has one row per node of any edge:
    `node` and `component`, the smallest node of its component.

    Each round: every node looks at its smallest neighbour; chains of such looks are
    followed by doubling (pointer jumping); edges are rewritten to where they lead;
    self-loops and duplicates go. A node with a smaller neighbour nearly always leaves, and
    the first of a chain for good, so the edge list shrinks until none is left. At the end
    the rounds' maps are composed. Nodes are numbered first (see number_edges), so that
    rounds move integers only, and their numbers are as good as drawn by lot, so that chains
    are short whatever the graph.

    Work tables are real tables: on Spark a view would replay all earlier rounds.
#}
{% macro contract_graph(edges_sql, result) %}
    {%- set work = [] -%}

    {% set nodes = graph_clustering.work_table(result, "nodes", work) %}
    {% set numbered = graph_clustering.work_table(result, "edges_0", work) %}
    {% set raw_edges = graph_clustering.work_table(result, "raw_edges", work) %}
    {% do graph_clustering.make_table(raw_edges, "
        select node, neighbour
        from (" ~ edges_sql ~ ") as edges
        where node is not null and neighbour is not null and node <> neighbour
    ") %}
    {% do graph_clustering.number_edges(raw_edges, nodes, numbered, result, work) %}
    {% set map = graph_clustering.contract_numbered(result, numbered, "", work) %}
    {% set rooted = graph_clustering.work_table(result, "rooted", work) %}

    {% do graph_clustering.make_table(rooted, "
        select nodes.node, coalesce(map.root, nodes.node_number) as root
        from " ~ nodes ~ " as nodes
        left join " ~ map ~ " as map on nodes.node_number = map.node_number
    ") %}
    {% do graph_clustering.make_table(result, "
        select rooted.node, components.component
        from " ~ rooted ~ " as rooted
        inner join (
            select root, min(node) as component from " ~ rooted ~ " group by root
        ) as components on rooted.root = components.root
    ") %}
    {% do graph_clustering.drop_tables(work) %}
{% endmacro %}

{#
    The rounds themselves, on a table of numbered edges (low < high, each once): returns a
    table node_number → root with a row for every node that is not its own root. The name
    of a run keeps its work tables apart from those of another.
#}
{% macro contract_numbered(result, numbered, run, work) %}
    {% set state = namespace(edges=numbered, left=graph_clustering.row_count(numbered), round=0) %}
    {% set maps = [] %}
    {% for _ in range(100) if state.left > 0 %}
        {% set state.round = state.round + 1 %}
        {% do maps.append(graph_clustering.work_table(result, run ~ "map_" ~ state.round, work)) %}
        {% do graph_clustering.make_table(maps[-1], graph_clustering.followed_looks(state.edges)) %}
        {% set rewritten = graph_clustering.work_table(result, run ~ "edges_" ~ state.round, work) %}
        {% do graph_clustering.make_table(rewritten, "
            select distinct least(low, high) as low, greatest(low, high) as high
            from (
                select
                    coalesce(low_map.root, edges.low) as low,
                    coalesce(high_map.root, edges.high) as high
                from " ~ state.edges ~ " as edges
                left join " ~ maps[-1] ~ " as low_map on edges.low = low_map.node_number
                left join " ~ maps[-1] ~ " as high_map on edges.high = high_map.node_number
            ) as moved
            where low <> high
        ") %}
        {% set state.edges = rewritten %}
        {% set state.left = graph_clustering.row_count(rewritten) %}
        {% do log(result.identifier ~ ": round " ~ state.round ~ " leaves " ~ state.left ~ " edges") %}
    {% endfor %}
    {% if state.left > 0 %}
        {{ exceptions.raise_compiler_error(result ~ ": edges are left after 100 rounds") }}
    {% endif %}

    {# what a node became in one round may have moved again in a later one #}
    {% if not maps %}
        {% do maps.append(graph_clustering.work_table(result, run ~ "no_map", work)) %}
        {% do graph_clustering.make_table(maps[0], "select high as node_number, low as root from " ~ numbered) %}
    {% endif %}
    {% set composed = namespace(map=maps[-1]) %}
    {% for map in maps[:-1] | reverse %}
        {% set next = graph_clustering.work_table(result, run ~ "composed_" ~ loop.index, work) %}
        {% do graph_clustering.make_table(next, "
            select earlier.node_number, coalesce(later.root, earlier.root) as root
            from " ~ map ~ " as earlier
            left join " ~ composed.map ~ " as later on earlier.root = later.node_number
            union all
            select later.node_number, later.root
            from " ~ composed.map ~ " as later
            left join " ~ map ~ " as earlier on later.node_number = earlier.node_number
            where earlier.node_number is null
        ") %}
        {% set composed.map = next %}
    {% endfor %}
    {{ return(composed.map) }}
{% endmacro %}

{#
    node_number → root for every node that has a smaller neighbour: four looks on, or as many
    as the chain has. Numbers drawn by lot make chains short: going on to the end of each
    saves no round and costs a pass for every doubling. Where a chain is longer its nodes
    stay in the edges, and the next round takes them up.
#}
{% macro followed_looks(edges) %}
    {{- return("
        with
        looks as (
            select high as node_number, min(low) as root from " ~ edges ~ " group by high
        ),
        twice as (
            select looks.node_number, coalesce(onward.root, looks.root) as root
            from looks
            left join looks as onward on looks.root = onward.node_number
        )
        select twice.node_number, coalesce(onward.root, twice.root) as root
        from twice
        left join twice as onward on twice.root = onward.node_number
    ") -}}
{% endmacro %}
