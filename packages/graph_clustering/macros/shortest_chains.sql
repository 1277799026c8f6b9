{#
    Materialization: by which chain of shared values each record hangs on the first record
    of its customer. The model's SQL has a row per record and value that it shares with
    another record of the customer:

        node          the record
        shared_value  a value that nodes share
        priority      whole number up to 9999, the smaller the better: of equally short chains the
                      better one is chosen
        is_root       whether the record is the first of its customer

    The table has a row per record and step of its chain: node, step_number, from_node,
    shared_value, to_node, and is_bridge: whether the customer falls in two if one of the two records of
    the step gives up the value.

    Breadth first: a round reaches all records that share a value with those of the round
    before; each value is opened once, so the work is that of reading all rows once, and
    there are as many rounds as the longest chain has steps. The chains are a tree of
    records and values. A row that is no part of it closes a circle: what the ways from its
    two ends up to the root do not have in common lies on the circle and is no bridge, and
    whatever lies on no circle is one.
#}
{% materialization shortest_chains, default, supported_languages=["sql"] %}
    {%- set target_relation = graph_clustering.begin_table() -%}
    {% do graph_clustering.find_chains(compiled_code, target_relation) %}
    {{- return(graph_clustering.end_table(target_relation)) -}}
{% endmaterialization %}

{% macro find_chains(rows_sql, result) %}
    {%- set work = [] -%}
    {% set rows = graph_clustering.work_table(result, "rows", work) %}
    {% do graph_clustering.make_table(rows, rows_sql) %}
    {% set first = {
        "nodes": graph_clustering.work_table(result, "nodes_0", work),
        "shared_values": graph_clustering.work_table(result, "shared_values_0", work),
        "chains": graph_clustering.work_table(result, "chains_0", work),
    } %}
    {% do graph_clustering.make_table(first.nodes, "
        select distinct node, cast(null as string) as shared_value from " ~ rows ~ " where is_root
    ") %}
    {% do graph_clustering.make_table(first.shared_values, "select shared_value, node from " ~ rows ~ " where false") %}
    {% do graph_clustering.make_table(first.chains, "
        select
            node,
            cast(0 as integer) as step_number,
            node as from_node,
            shared_value,
            node as to_node
        from " ~ rows ~ " where false
    ") %}

    {% set rounds = [first] %}
    {% set state = namespace(reached=graph_clustering.row_count(first.nodes)) %}
    {% for _ in range(10000) if state.reached > 0 %}
        {% do rounds.append(graph_clustering.chain_round(result, rows, rounds[-1], loop.index, work)) %}
        {% set state.reached = graph_clustering.row_count(rounds[-1].nodes) %}
        {% do log(result.identifier ~ ": step " ~ loop.index ~ " reaches " ~ state.reached ~ " records") %}
    {% endfor %}

    {% set nodes = graph_clustering.all_rounds(result, rounds, "nodes", work) %}
    {% set shared_values = graph_clustering.all_rounds(result, rounds, "shared_values", work) %}
    {% set chains = graph_clustering.all_rounds(result, rounds, "chains", work) %}
    {% set circles = graph_clustering.work_table(result, "circles", work) %}
    {% do graph_clustering.make_table(circles, graph_clustering.circles_sql(rows, nodes, shared_values, chains)) %}
    {% do graph_clustering.make_table(result, "
        select
            chains.node,
            chains.step_number,
            chains.from_node,
            chains.shared_value,
            chains.to_node,
            records.vertex is null or shared.vertex is null as is_bridge
        from " ~ chains ~ " as chains
        left join " ~ circles ~ " as records
            on chains.to_node = records.vertex and records.is_record
        left join " ~ circles ~ " as shared
            on chains.shared_value = shared.vertex and not shared.is_record
    ") %}
    {% do graph_clustering.drop_tables(work) %}
{% endmacro %}

{#
    What the records of the last round lead to. Values they carry were opened in the last
    round or never, and so were records reached: only these need to be kept away.
#}
{% macro chain_round(result, rows, last, number, work) %}
    {% set next = {
        "nodes": graph_clustering.work_table(result, "nodes_" ~ number, work),
        "shared_values": graph_clustering.work_table(result, "shared_values_" ~ number, work),
        "chains": graph_clustering.work_table(result, "chains_" ~ number, work),
    } %}
    {% do graph_clustering.make_table(next.shared_values, "
        select carried.shared_value, min(carried.node) as node
        from " ~ rows ~ " as carried
        inner join " ~ last.nodes ~ " as front on carried.node = front.node
        left join " ~ last.shared_values ~ " as opened on carried.shared_value = opened.shared_value
        where opened.shared_value is null
        group by carried.shared_value
    ") %}
    {% do graph_clustering.make_table(next.nodes, "
        select
            carried.node,
            substr(min(lpad(cast(carried.priority as string), 4, '0') || carried.shared_value), 5) as shared_value
        from " ~ rows ~ " as carried
        inner join " ~ next.shared_values ~ " as opened on carried.shared_value = opened.shared_value
        left join " ~ last.nodes ~ " as front on carried.node = front.node
        where front.node is null
        group by carried.node
    ") %}
    {% do graph_clustering.make_table(next.chains, "
        select
            nodes.node,
            chains.step_number,
            chains.from_node,
            chains.shared_value,
            chains.to_node
        from " ~ next.nodes ~ " as nodes
        inner join " ~ next.shared_values ~ " as shared_values on nodes.shared_value = shared_values.shared_value
        inner join " ~ last.chains ~ " as chains on shared_values.node = chains.node
        union all
        select
            nodes.node,
            cast(" ~ number ~ " as integer) as step_number,
            shared_values.node as from_node,
            nodes.shared_value,
            nodes.node as to_node
        from " ~ next.nodes ~ " as nodes
        inner join " ~ next.shared_values ~ " as shared_values on nodes.shared_value = shared_values.shared_value
    ") %}
    {{ return(next) }}
{% endmacro %}

{# One table of all rounds. #}
{% macro all_rounds(result, rounds, name, work) %}
    {% set whole = graph_clustering.work_table(result, "all_" ~ name, work) %}
    {% set parts = [] %}
    {% for round in rounds %}
        {% do parts.append("select * from " ~ round[name]) %}
    {% endfor %}
    {% do graph_clustering.make_table(whole, parts | join(" union all ")) %}
    {{ return(whole) }}
{% endmacro %}

{# The records and values whose own way up, to the value or record before, lies on a circle. #}
{% macro circles_sql(rows, nodes, shared_values, chains) %}
    {{- return("
        with
        closing as (
            select carried.node, carried.shared_value, shared_values.node as opened_by
            from " ~ rows ~ " as carried
            inner join " ~ shared_values ~ " as shared_values on carried.shared_value = shared_values.shared_value
            inner join " ~ nodes ~ " as nodes on carried.node = nodes.node
            where carried.node <> shared_values.node and (nodes.shared_value is null or nodes.shared_value <> carried.shared_value)
        ),
        ends as (
            select node, shared_value, node as lower_end from closing
            union all
            select node, shared_value, opened_by as lower_end from closing
        ),
        ways as (
            select ends.node, ends.shared_value, chains.to_node as vertex, true as is_record
            from ends
            inner join " ~ chains ~ " as chains on ends.lower_end = chains.node
            union all
            select ends.node, ends.shared_value, chains.shared_value as vertex, false as is_record
            from ends
            inner join " ~ chains ~ " as chains on ends.lower_end = chains.node
            union all
            select node, shared_value, shared_value as vertex, false as is_record from closing
        )
        select distinct vertex, is_record
        from (
            select node, shared_value, vertex, is_record
            from ways
            group by node, shared_value, vertex, is_record
            having count(*) = 1
        ) as apart
    ") -}}
{% endmacro %}
