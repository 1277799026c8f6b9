{#
    Materialization: the model's SQL is a directed list of edges (`from_node`, `to_node`, `weight`),
    the table holds the PageRank of every node (Brin and Page 1998, damping .85). See rank_pages.
#}
{% materialization page_rank, default, supported_languages=["sql"] %}
    {%- set target_relation = graph_clustering.begin_table() -%}
    {% do graph_clustering.rank_pages(compiled_code, target_relation) %}
    {{- return(graph_clustering.end_table(target_relation)) -}}
{% endmaterialization %}

{#
    PageRank as plain SQL that both engines run.

    A node passes .85 of its rank along its edges by their weights. What a node without edges
    passes is not spread over all nodes step by step: leaving it out and dividing by the sum at the
    end gives the same (the solution is proportional), and each step reads the one before it once,
    so that many of them are one statement. Rounds of eight steps until the ranks change by less
    than a billionth of their sum; at most 240 steps, after which nothing is left to change.
#}
{% macro rank_pages(edges_sql, result) %}
    {%- set work = [] -%}
    {%- set damping, steps, most_rounds = 0.85, 8, 30 -%}

    {% set given = graph_clustering.work_table(result, "given", work) %}
    {% set nodes = graph_clustering.work_table(result, "nodes", work) %}
    {% set edges = graph_clustering.work_table(result, "edges", work) %}
    {% do graph_clustering.make_table(given, "
        select from_node, to_node, sum(cast(weight as double)) as weight
        from (" ~ edges_sql ~ ") as edges
        where from_node is not null and to_node is not null and from_node <> to_node and weight > 0
        group by from_node, to_node
    ") %}
    {% do graph_clustering.number_in_order(given, "from_node", "to_node", nodes) %}
    {% do graph_clustering.make_table(edges, "
        select
            froms.node_number as from_number,
            tos.node_number as to_number,
            given.weight / sum(given.weight) over (partition by given.from_node) as passed_on
        from " ~ given ~ " as given
        inner join " ~ nodes ~ " as froms on given.from_node = froms.node
        inner join " ~ nodes ~ " as tos on given.to_node = tos.node
    ") %}
    {% set node_count = graph_clustering.row_count(nodes) %}
    {% set state = namespace(ranks=graph_clustering.work_table(result, "ranks_0", work), goes_on=node_count > 0) %}
    {% do graph_clustering.make_table(state.ranks, "
        select node_number, cast(" ~ (1 - damping) ~ " as double) as page_rank from " ~ nodes
    ) %}
    {% for round in range(1, most_rounds + 1) if state.goes_on %}
        {% set next = graph_clustering.work_table(result, "ranks_" ~ round, work) %}
        {% set parts = [] %}
        {% for step in range(1, steps + 1) %}
            {% set before = state.ranks if step == 1 else "step_" ~ (step - 1) %}
            {% do parts.append("
                step_" ~ step ~ " as (
                    select node_number, sum(part) as page_rank
                    from (
                        select
                            edges.to_number as node_number,
                            " ~ damping ~ " * ranks.page_rank * edges.passed_on as part
                        from " ~ edges ~ " as edges
                        inner join " ~ before ~ " as ranks on edges.from_number = ranks.node_number
                        union all
                        select node_number, " ~ (1 - damping) ~ " as part from " ~ nodes ~ "
                    ) as parts
                    group by node_number
                )") %}
        {% endfor %}
        {% do graph_clustering.make_table(next, "
            with" ~ parts | join(",") ~ "

            select node_number, cast(page_rank as double) as page_rank from step_" ~ steps
        ) %}
        {% set changed = run_query("
            select coalesce(sum(abs(later.page_rank - earlier.page_rank)) / sum(later.page_rank), 0) as moved
            from " ~ next ~ " as later
            inner join " ~ state.ranks ~ " as earlier on later.node_number = earlier.node_number
        ").columns[0].values()[0] | float %}
        {% do log(result.identifier ~ ": round " ~ round ~ " moves " ~ changed) %}
        {% set state.ranks = next %}
        {% set state.goes_on = changed >= 1e-9 %}
    {% endfor %}
    {% do graph_clustering.make_table(result, "
        select
            nodes.node,
            ranks.page_rank / sum(ranks.page_rank) over () as page_rank
        from " ~ nodes ~ " as nodes
        inner join " ~ state.ranks ~ " as ranks on nodes.node_number = ranks.node_number
    ") %}
    {% do graph_clustering.drop_tables(work) %}
{% endmacro %}

{# Numbers the nodes of a table of edges in the order of their names: the same on both engines. #}
{% macro number_in_order(edges, one_end, other_end, nodes) %}
    {% do graph_clustering.make_table(nodes, "
        select node, row_number() over (order by node) as node_number
        from (
            select " ~ one_end ~ " as node from " ~ edges ~ "
            union
            select " ~ other_end ~ " as node from " ~ edges ~ "
        ) as ends
    ") %}
{% endmacro %}
