{#
    Materialization: the model's SQL is a list of edges (`node`, `neighbour`, `weight`: whole
    numbers), the table holds the community of every node. See find_communities.
#}
{% materialization communities, default, supported_languages=["sql"] %}
    {%- set target_relation = graph_clustering.begin_table() -%}
    {% do graph_clustering.find_communities(compiled_code, target_relation) %}
    {{- return(graph_clustering.end_table(target_relation)) -}}
{% endmaterialization %}

{#
    Communities by modularity, as plain SQL that both engines run: the method of Louvain (Blondel
    and others 2008) with moves of a third of the nodes at a time.

    At each level nodes move to the community of a neighbour where modularity gains most; of equal
    ones to the smallest, and a single node joins another single one only if that is the smaller,
    so that two do not change places. Three parts of the nodes take turns. Where hardly any node moves,
    communities become the nodes of the next level, until a level leaves them as they are; then single
    nodes may move once more. All is reckoned in whole numbers, so that both engines find the same. `community` is the smallest node.
#}
{% macro find_communities(edges_sql, result) %}
    {%- set work = [] -%}
    {%- set most_levels = 8 -%}

    {% set given = graph_clustering.work_table(result, "given", work) %}
    {% set nodes = graph_clustering.work_table(result, "nodes", work) %}
    {% set state = namespace(
        edges=graph_clustering.work_table(result, "edges_0", work),
        members=graph_clustering.work_table(result, "members_0", work),
        found=0, goes_on=true,
    ) %}
    {% do graph_clustering.make_table(given, "
        select
            least(node, neighbour) as one_end,
            greatest(node, neighbour) as other_end,
            sum(cast(weight as bigint)) as weight
        from (" ~ edges_sql ~ ") as edges
        where node is not null and neighbour is not null and node <> neighbour and weight > 0
        group by least(node, neighbour), greatest(node, neighbour)
    ") %}
    {% do graph_clustering.number_in_order(given, "one_end", "other_end", nodes) %}
    {% do graph_clustering.make_table(state.edges, "
        select
            ones.node_number as node,
            others.node_number as neighbour,
            cast(ends.weight as bigint) as weight
        from (
            select one_end, other_end, weight from " ~ given ~ "
            union all
            select other_end as one_end, one_end as other_end, weight from " ~ given ~ "
        ) as ends
        inner join " ~ nodes ~ " as ones on ends.one_end = ones.node
        inner join " ~ nodes ~ " as others on ends.other_end = others.node
    ") %}
    {% do graph_clustering.make_table(state.members, "
        select node_number, node_number as community from " ~ nodes
    ) %}
    {% set first_edges = state.edges %}
    {% set state.found = graph_clustering.row_count(nodes) %}
    {% set state.goes_on = state.found > 0 %}
    {% for level in range(1, most_levels + 1) if state.goes_on %}
        {% set place = namespace(current=graph_clustering.work_table(result, "places_" ~ level ~ "_0", work)) %}
        {% do graph_clustering.make_table(place.current, "
            select
                node,
                node as community,
                cast(sum(weight) as bigint) as degree,
                false as is_moved
            from " ~ state.edges ~ "
            group by node
        ") %}
        {% set place.current = graph_clustering.settled_places(result, state.edges, place.current, work) %}
        {% set members = graph_clustering.work_table(result, "members_" ~ level, work) %}
        {% do graph_clustering.make_table(members, "
            select members.node_number, places.community
            from " ~ state.members ~ " as members
            inner join " ~ place.current ~ " as places on members.community = places.node
        ") %}
        {% set edges = graph_clustering.work_table(result, "edges_" ~ level, work) %}
        {% do graph_clustering.make_table(edges, "
            select
                ones.community as node,
                others.community as neighbour,
                cast(sum(edges.weight) as bigint) as weight
            from " ~ state.edges ~ " as edges
            inner join " ~ place.current ~ " as ones on edges.node = ones.node
            inner join " ~ place.current ~ " as others on edges.neighbour = others.node
            group by ones.community, others.community
        ") %}
        {% set found = run_query("select count(distinct community) from " ~ members).columns[0].values()[0] | int %}
        {% do log(result.identifier ~ ": level " ~ level ~ " leaves " ~ found ~ " communities") %}
        {% set state.goes_on = found < state.found %}
        {% set state.found = found %}
        {% set state.members = members %}
        {% set state.edges = edges %}
    {% endfor %}
    {# single nodes once more, now that all communities are known #}
    {% set merged = graph_clustering.work_table(result, "merged", work) %}
    {% do graph_clustering.make_table(merged, "
        select
            edges.node,
            members.community,
            cast(sum(edges.weight) as bigint) as degree,
            false as is_moved
        from " ~ first_edges ~ " as edges
        inner join " ~ state.members ~ " as members on edges.node = members.node_number
        group by edges.node, members.community
    ") %}
    {% set settled = graph_clustering.settled_places(result, first_edges, merged, work) %}
    {% do graph_clustering.make_table(result, "
        select
            nodes.node,
            min(nodes.node) over (partition by places.community) as community
        from " ~ nodes ~ " as nodes
        inner join " ~ settled ~ " as places on nodes.node_number = places.node
    ") %}
    {% do graph_clustering.drop_tables(work) %}
{% endmacro %}

{# Rounds of moves until three times in a row hardly any node has moved; at most 24. #}
{% macro settled_places(result, edges, places, work) %}
    {% set state = namespace(places=places, idle=0, nodes=graph_clustering.row_count(places)) %}
    {% for round in range(1, 25) if state.idle < 3 %}
        {% set next = graph_clustering.work_table(result, places.identifier ~ "_" ~ round, work) %}
        {% do graph_clustering.make_table(next, graph_clustering.moved_places(edges, state.places, round % 3)) %}
        {% set moved = graph_clustering.row_count(next, "is_moved") %}
        {% set state.places = next %}
        {% set state.idle = state.idle + 1 if moved * 1000 <= state.nodes else 0 %}
    {% endfor %}
    {{- return(state.places) -}}
{% endmacro %}

{#
    Where nodes are after a round. What moving to a community is worth, times the square of all
    weights: the links to it, times all weights, less the degree of the node times that of the
    community without it.
#}
{% macro moved_places(edges, places, turn) %}
    {{- return("
        with
        places as (
            select node, community, degree from " ~ places ~ "
        ),
        all_weight as (
            select cast(sum(degree) as bigint) as weight from places
        ),
        communities as (
            select community, cast(sum(degree) as bigint) as degree, count(*) as nodes
            from places
            group by community
        ),
        links as (
            select edges.node, places.community, cast(sum(edges.weight) as bigint) as weight
            from " ~ edges ~ " as edges
            inner join places on edges.neighbour = places.node
            where edges.node <> edges.neighbour
            group by edges.node, places.community
        ),
        -- staying is worth something without a link as well
        choices as (
            select node, community, max(weight) as weight
            from (
                select node, community, weight from links
                union all
                select node, community, 0 as weight from places
            ) as all_choices
            group by node, community
        ),
        gains as (
            select
                choices.node,
                choices.community,
                places.community as own_community,
                choices.weight * all_weight.weight - places.degree * (
                    communities.degree
                    - case when choices.community = places.community then places.degree else 0 end
                ) as gain
            from choices
            inner join places on choices.node = places.node
            inner join communities on choices.community = communities.community
            inner join communities as own on places.community = own.community
            cross join all_weight
            where
                choices.community = places.community
                or (
                    choices.node % 3 = " ~ turn ~ "
                    and (
                        own.nodes > 1
                        or communities.nodes > 1
                        or choices.community < places.community
                    )
                )
        ),
        ranked as (
            select
                node,
                community,
                own_community,
                row_number() over (
                    partition by node
                    order by
                        gain desc,
                        case when community = own_community then 0 else 1 end asc,
                        community asc
                ) as preference
            from gains
        )
        select
            ranked.node,
            ranked.community,
            places.degree,
            ranked.community <> ranked.own_community as is_moved
        from ranked
        inner join places on ranked.node = places.node
        where ranked.preference = 1
    ") -}}
{% endmacro %}
