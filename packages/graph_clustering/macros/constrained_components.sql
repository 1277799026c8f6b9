{#
    Materialization: connected components in which no component holds two values of a token of
    one type (cannot-link rules). The model's SQL is a list of links:

        node, neighbour    text; direction and duplicates do not matter
        tier               whole number, the smallest is taken first
        obeys              which tokens may refuse the link: those of this level or below
        link_key           text that orders the links of a tier, strongest first

    Configs: cannot_link names the model of the tokens and its columns; nodes, if given, one that
    has each node once; required_tier, if given, links of which the build stops rather than
    refuse one. See the README.

    The table has `node` and `component` (the smallest node of it) for every node of any link; or,
    with config nodes, for all of these, linked or not. Beside it lies <table>__kept_refused
    with every refused link and the two values it would have brought together: see
    refused_links.

    The outcome is that of taking the links one by one in the order of tier, obeys, link_key
    and nodes, and refusing each that would give a component two values of a token that the
    link obeys. Values that a link did bring together because it need not obey them count as
    one from the next tier on, among all that links offer to join.

    A later run takes up only what changed since the last one (contract_what_changed);
    --full-refresh starts from nothing. Both end with the same tables.

    Nodes go by a hash of their text (text_number): texts are read and written once and
    never sorted or joined, which took most of the time. Should two nodes share a number,
    which is checked, the run starts again with other numbers.
#}
{% materialization constrained_components, default, supported_languages=["sql"] %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = graph_clustering.begin_table() -%}
    {% set kept = graph_clustering.kept_tables(target_relation) %}
    {% set work = [] %}
    {% set offered = graph_clustering.work_table(target_relation, "offered", work) %}
    {% do graph_clustering.make_table(offered, "
        select node, neighbour, tier, obeys, link_key
        from (" ~ compiled_code ~ ") as offered
        where node is not null and neighbour is not null and node <> neighbour
    ") %}
    {% set given = {
        "links": offered,
        "tokens": graph_clustering.given_tokens(config.require("cannot_link")),
        "nodes": graph_clustering.given_nodes(offered, config.get("nodes")),
    } %}
    {% set state = namespace(is_done=false) %}
    {% if existing is not none and existing.is_table and not should_full_refresh() and graph_clustering.kept_can_be_used(kept) %}
        {% set state.is_done = graph_clustering.contract_what_changed(given, target_relation, kept, work) %}
    {% endif %}
    {% for salt in range(10) if not state.is_done %}
        {% do adapter.drop_relation(kept.state) %}
        {% set fingerprints = graph_clustering.fingerprint_given(given, salt, target_relation, work) %}
        {% set state.is_done = graph_clustering.contract_constrained(
            given, fingerprints.links, salt, target_relation, kept.refused, kept.regions, work
        ) %}
        {% if state.is_done %}
            {% do graph_clustering.make_table(kept.links, "select * from " ~ fingerprints.links) %}
            {% do graph_clustering.make_table(kept.tokens, "select * from " ~ fingerprints.tokens) %}
            {# written last, and without it the next run starts from nothing #}
            {% if salt == 0 %}{% do graph_clustering.make_table(kept.state, graph_clustering.kept_state()) %}{% endif %}
        {% endif %}
    {% endfor %}
    {% do graph_clustering.drop_tables(work) %}
    {% if not state.is_done %}
        {{ exceptions.raise_compiler_error(
            target_relation ~ ": a node is listed twice, or nodes cannot be distinguished by number"
        ) }}
    {% endif %}
    {{- return(graph_clustering.end_table(target_relation)) -}}
{% endmaterialization %}

{#
    The links that a model of this materialization refused: node, neighbour, tier, link_key,
    token_type (of several the first in the alphabet), held_value (that of node's side) and
    other_value (that of neighbour's; of values that count as one the smallest). Sides are the
    two components as they are once all links of the tier are taken.
#}
{% macro refused_links(relation) %}
    {{- return(graph_clustering.kept_tables(relation).refused) -}}
{% endmacro %}

{#
    What is kept beside the table for the next run: refused links, the region of every node
    (the smallest number among all that links offer to join with it), fingerprints of links
    and tokens as they were, and the state, which says that all of them are whole.
#}
{% macro kept_tables(relation) %}
    {%- set kept = {} -%}
    {%- for name in ["refused", "regions", "links", "tokens", "state"] -%}
        {%- do kept.update({name: relation.incorporate(
            path={"identifier": relation.identifier ~ "__kept_" ~ name}, type="table"
        )}) -%}
    {%- endfor -%}
    {{- return(kept) -}}
{% endmacro %}

{# The tokens, from a model whose columns may have names of their own. #}
{% macro given_tokens(named) %}
    {{- return(
        "(select " ~ named.get("node", "node") ~ " as node, "
        ~ named.get("token_type", "token_type") ~ " as token_type, "
        ~ named.get("token_value", "token_value") ~ " as token_value, "
        ~ named.get("level", "level") ~ " as token_level from " ~ ref(named.model) ~ ")"
    ) -}}
{% endmacro %}

{# Every node once: those of a model, or those of the links. #}
{% macro given_nodes(links, named) %}
    {% if named %}
        {{ return("select " ~ named.get("node", "node") ~ " as node from " ~ ref(named.model)) }}
    {% endif %}
    {{ return("
        select distinct node
        from (
            select node from " ~ links ~ " union all select neighbour as node from " ~ links ~ "
        ) as all_nodes
    ") }}
{% endmacro %}

{# Numbers of texts may be others after an upgrade of the engine, and then nothing kept is of use. #}
{% macro kept_state() %}
    {{- return("select 3 as layout, " ~ graph_clustering.text_number("'a text', 1, 'another'") ~ " as probe") -}}
{% endmacro %}

{% macro kept_can_be_used(kept) %}
    {% if load_relation(kept.state) is none %}{{ return(false) }}{% endif %}
    {% set same = run_query(
        "select count(*) as same from " ~ kept.state ~ " as kept inner join (" ~ graph_clustering.kept_state()
        ~ ") as now on kept.layout = now.layout and kept.probe = now.probe"
    ) %}
    {{ return(same.columns[0].values()[0] == 1) }}
{% endmacro %}

{% macro node_number(node, salt) %}
    {{- return(graph_clustering.text_number(node ~ (", " ~ salt if salt else ""))) -}}
{% endmacro %}

{# A row per link and per token: the numbers of its nodes and one of all that it says. #}
{% macro fingerprint_given(given, salt, result, work) %}
    {% set links = graph_clustering.work_table(result, "fingerprints", work) %}
    {% set tokens = graph_clustering.work_table(result, "token_fingerprints", work) %}
    {% do graph_clustering.make_table(links, "
        select
            " ~ graph_clustering.node_number("node", salt) ~ " as node_number,
            " ~ graph_clustering.node_number("neighbour", salt) ~ " as neighbour_number,
            " ~ graph_clustering.text_number("node, neighbour, tier, obeys, link_key") ~ " as fingerprint
        from " ~ given.links ~ " as links
    ") %}
    {% do graph_clustering.make_table(tokens, "
        select
            " ~ graph_clustering.node_number("node", salt) ~ " as node_number,
            " ~ graph_clustering.text_number("node, token_type, token_value, token_level") ~ " as fingerprint
        from " ~ given.tokens ~ " as tokens
        where node is not null
    ") %}
    {{ return({"links": links, "tokens": tokens}) }}
{% endmacro %}

{#
    Only regions that a new, changed or vanished link or token touches are taken up again:
    within a region every link may bear on every other, between regions none does. Returns
    false where two nodes share a number.
#}
{% macro contract_what_changed(given, result, kept, work) %}
    {% set now = graph_clustering.fingerprint_given(given, 0, result, work) %}
    {% set now_nodes = graph_clustering.work_table(result, "now_nodes", work) %}
    {% set some_nodes = graph_clustering.work_table(result, "some_nodes", work) %}
    {% set changed = graph_clustering.work_table(result, "changed", work) %}
    {% set some_links = graph_clustering.work_table(result, "some_links", work) %}
    {% set some_tokens = graph_clustering.work_table(result, "some_tokens", work) %}
    {% set some_fingerprints = graph_clustering.work_table(result, "some_fingerprints", work) %}
    {% set part = graph_clustering.work_table(result, "part", work) %}
    {% set part_kept = graph_clustering.kept_tables(part) %}
    {% do graph_clustering.make_table(now_nodes, "
        select node, " ~ graph_clustering.node_number("node", 0) ~ " as node_number
        from (" ~ given.nodes ~ ") as all_nodes
    ") %}
    {% do graph_clustering.make_table(changed, "
        with
        changed_links as (
            " ~ graph_clustering.only_in_one(now.links, kept.links, ["node_number", "neighbour_number"]) ~ "
        ),
        differing as (
            select node_number from changed_links
            union
            select neighbour_number as node_number from changed_links
            union
            " ~ graph_clustering.only_in_one(now.tokens, kept.tokens, ["node_number"]) ~ "
            union
            select coalesce(nodes.node_number, regions.node_number) as node_number
            from " ~ now_nodes ~ " as nodes
            full outer join " ~ kept.regions ~ " as regions
                on nodes.node_number = regions.node_number
            where nodes.node_number is null or regions.node_number is null
        ),
        changed_regions as (
            select distinct regions.region
            from " ~ kept.regions ~ " as regions
            inner join differing on regions.node_number = differing.node_number
        )
        select node_number from differing
        union
        select regions.node_number
        from " ~ kept.regions ~ " as regions
        inner join changed_regions on regions.region = changed_regions.region
    ") %}
    {% do log(result.identifier ~ ": " ~ graph_clustering.row_count(changed) ~ " nodes are taken up again") %}
    {% do graph_clustering.make_table(some_links, "
        select links.node, links.neighbour, links.tier, links.obeys, links.link_key
        from " ~ given.links ~ " as links
        inner join " ~ changed ~ " as changed
            on " ~ graph_clustering.node_number("links.node", 0) ~ " = changed.node_number
    ") %}
    {% do graph_clustering.make_table(some_tokens, "
        select tokens.*
        from " ~ given.tokens ~ " as tokens
        inner join " ~ changed ~ " as changed
            on " ~ graph_clustering.node_number("tokens.node", 0) ~ " = changed.node_number
    ") %}
    {% do graph_clustering.make_table(some_fingerprints, "
        select fingerprints.*
        from " ~ now.links ~ " as fingerprints
        inner join " ~ changed ~ " as changed on fingerprints.node_number = changed.node_number
    ") %}
    {% do graph_clustering.make_table(some_nodes, "
        select nodes.node
        from " ~ now_nodes ~ " as nodes
        inner join " ~ changed ~ " as changed on nodes.node_number = changed.node_number
    ") %}
    {% do work.extend(part_kept.values()) %}
    {% set some = {
        "links": some_links, "tokens": some_tokens, "nodes": "select node from " ~ some_nodes
    } %}
    {% if not graph_clustering.contract_constrained(
        some, some_fingerprints, 0, part, part_kept.refused, part_kept.regions, work
    ) %}
        {{ return(false) }}
    {% endif %}

    {% do adapter.drop_relation(kept.state) %}
    {% set by_text = graph_clustering.node_number("whole.node", 0) %}
    {% set some_token_fingerprints = graph_clustering.work_table(result, "some_token_fingerprints", work) %}
    {% do graph_clustering.make_table(some_token_fingerprints, "
        select tokens.*
        from " ~ now.tokens ~ " as tokens
        inner join " ~ changed ~ " as changed on tokens.node_number = changed.node_number
    ") %}
    {% for whole, number, piece in [
        (result, by_text, part),
        (kept.refused, by_text, part_kept.refused),
        (kept.regions, "whole.node_number", part_kept.regions),
        (kept.links, "whole.node_number", some_fingerprints),
        (kept.tokens, "whole.node_number", some_token_fingerprints),
    ] %}
        {% do graph_clustering.replace_rows(whole, number, changed, piece, work) %}
    {% endfor %}
    {% do graph_clustering.make_table(kept.state, graph_clustering.kept_state()) %}
    {{ return(true) }}
{% endmacro %}

{# Rows of two tables of fingerprints that only one of them has. #}
{% macro only_in_one(one, other, columns) %}
    {%- set parts = [] -%}
    {%- for rows, others in [(one, other), (other, one)] -%}
        {%- do parts.append(
            "select " ~ columns | join(", ") ~ " from " ~ rows ~ " as mine where not exists ("
            ~ "select 1 from " ~ others ~ " as others where mine.node_number = others.node_number"
            ~ " and mine.fingerprint = others.fingerprint)"
        ) -%}
    {%- endfor -%}
    {{- return(parts | join(" union all ")) -}}
{% endmacro %}

{#
    Puts the rows of piece in the place of those of whole whose number is changed.
    Dispatched: tables of Spark take no delete, so the table is written anew there, and never
    while it is read.
#}
{% macro replace_rows(whole, number, changed, piece, work) %}
    {% do adapter.dispatch("replace_rows", "graph_clustering")(whole, number, changed, piece, work) %}
{% endmacro %}

{% macro default__replace_rows(whole, number, changed, piece, work) %}
    {% set next = graph_clustering.work_table(whole, "next", work) %}
    {% do graph_clustering.make_table(next, "
        select whole.*
        from " ~ whole ~ " as whole
        left join " ~ changed ~ " as changed on " ~ number ~ " = changed.node_number
        where changed.node_number is null
        union all
        select * from " ~ piece
    ) %}
    {% do graph_clustering.make_table(whole, "select * from " ~ next) %}
{% endmacro %}

{% macro duckdb__replace_rows(whole, number, changed, piece, work) %}
    {% call statement("delete_rows") %}
        delete from {{ whole }} as whole
        where {{ number }} in (select node_number from {{ changed }})
    {% endcall %}
    {% call statement("insert_rows") %}insert into {{ whole }} select * from {{ piece }}{% endcall %}
{% endmacro %}

{#
    Components without a conflict are those of the whole graph, and they are nearly all. The
    rest goes through the links in order (see take_in_order). Returns false where two
    nodes share a number.
#}
{% macro contract_constrained(given, fingerprints, salt, result, refused, regions, work) %}
    {% set nodes = graph_clustering.work_table(result, "nodes", work) %}
    {% set edges = graph_clustering.work_table(result, "edges_0", work) %}
    {% set components = graph_clustering.work_table(result, "components", work) %}
    {% set contested = graph_clustering.work_table(result, "contested", work) %}
    {% set members = graph_clustering.work_table(result, "contested_nodes", work) %}
    {% set roots = graph_clustering.work_table(result, "roots", work) %}
    {% set names = graph_clustering.work_table(result, "names", work) %}

    {% do graph_clustering.make_table(nodes, "
        select node, " ~ graph_clustering.node_number("node", salt) ~ " as node_number
        from (" ~ given.nodes ~ ") as all_nodes
    ") %}
    {% set twins = run_query(
        "select node_number from " ~ nodes ~ " group by node_number having count(*) > 1 order by node_number limit 1"
    ).rows %}
    {% if twins %}
        {{ return(false) }}
    {% endif %}
    {% do graph_clustering.make_table(edges, "
        select distinct
            least(node_number, neighbour_number) as low,
            greatest(node_number, neighbour_number) as high
        from " ~ fingerprints
    ) %}
    {% set map = graph_clustering.contract_numbered(result, edges, "all_", work) %}
    {% do graph_clustering.make_table(components, "
        select nodes.node, nodes.node_number, coalesce(map.root, nodes.node_number) as component
        from " ~ nodes ~ " as nodes
        left join " ~ map ~ " as map on nodes.node_number = map.node_number
    ") %}
    {% do graph_clustering.make_table(contested, "
        select distinct component
        from (
            select components.component
            from " ~ given.tokens ~ " as tokens
            inner join " ~ components ~ " as components
                on " ~ graph_clustering.node_number("tokens.node", salt) ~ " = components.node_number
            group by components.component, tokens.token_type
            having min(tokens.token_value) <> max(tokens.token_value)
        ) as conflicts
    ") %}
    {# among these the order of the texts decides between links of equal rank #}
    {% do graph_clustering.make_table(members, "
        select
            components.node,
            components.node_number as root_number,
            components.component,
            row_number() over (order by components.node) as node_number
        from " ~ components ~ " as components
        inner join " ~ contested ~ " as contested on components.component = contested.component
    ") %}
    {% set decided = graph_clustering.take_in_order(given, members, result, refused, work) %}
    {% do graph_clustering.make_table(roots, "
        select components.node, coalesce(decided.root, components.component) as root
        from " ~ components ~ " as components
        left join (
            select
                members.root_number,
                min(members.root_number) over (partition by decided.cluster) as root
            from " ~ members ~ " as members
            inner join " ~ decided ~ " as decided on members.node_number = decided.node_number
        ) as decided on components.node_number = decided.root_number
    ") %}
    {% do graph_clustering.make_table(names, "select root, min(node) as component from " ~ roots ~ " group by root") %}
    {% do graph_clustering.make_table_of_hashes(result, ["node", "component"], "
        select roots.node, names.component
        from " ~ roots ~ " as roots
        inner join " ~ names ~ " as names on roots.root = names.root
    ") %}
    {% do graph_clustering.make_table(regions, "select node_number, component as region from " ~ components) %}
    {{ return(true) }}
{% endmacro %}
