{#
    Materialization: connected components in which no component holds two values of an
    exclusive token. The model's SQL is a list of links:

        node, neighbour    text; direction and duplicates do not matter
        tier               whole number, the smallest is taken first
        respects           which tokens may refuse the link: those of this level or below
        link_key           text that orders the links of a tier, strongest first

    and config `exclusives` names a model (profile_id, exclusive_type, exclusive_hash,
    level). The table has `node` and `component` (the smallest node of it) for every node of
    any link; or, with config `nodes`, which names a model that has each profile_id once, for
    all of these, linked or not. Beside it lies <table>__kept_refused with every refused link
    and the two values it would have brought together: see refused_links.

    The outcome is that of taking the links one by one in the order of tier, respects,
    link_key and nodes, and refusing each that would give a component two values of a token
    that the link respects. Values that a link did bring together because it need not
    respect them count as one from the next tier on, among all that links offer to join.

    A later run takes up only what changed since the last one (contract_what_changed);
    --full-refresh starts from nothing. Both end with the same tables.

    Nodes go by a hash of their text (text_number): texts are read and written once and
    never sorted or joined, which took most of the time. Should two nodes share a number,
    which is checked, the run starts again with other numbers.
#}
{% materialization guarded_components, default, supported_languages=["sql"] %}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none and not existing.is_table %}
        {% do adapter.drop_relation(existing) %}
        {% set existing = none %}
    {% endif %}
    {% set kept = kept_tables(target_relation) %}
    {% set work = [] %}
    {% set offered = work_table(target_relation, "offered", work) %}
    {% do make_table(offered, "
        select node, neighbour, tier, respects, link_key
        from (" ~ compiled_code ~ ") as offered
        where node is not null and neighbour is not null and node <> neighbour
    ") %}
    {% set given = {"links": offered, "exclusives": ref(config.require("exclusives"))} %}
    {% set given = dict(given, nodes=nodes_of(given.links, config.get("nodes"))) %}
    {% set state = namespace(is_done=false) %}
    {% if existing is not none and not should_full_refresh() and kept_can_be_used(kept) %}
        {% set state.is_done = contract_what_changed(given, target_relation, kept, work) %}
    {% endif %}
    {% for salt in range(10) if not state.is_done %}
        {% do adapter.drop_relation(kept.state) %}
        {% set fingerprints = fingerprint_given(given, salt, target_relation, work) %}
        {% set state.is_done = contract_guarded(
            given, fingerprints.links, salt, target_relation, kept.refused, kept.regions, work
        ) %}
        {% if state.is_done %}
            {% do make_table(kept.links, "select * from " ~ fingerprints.links) %}
            {% do make_table(kept.exclusives, "select * from " ~ fingerprints.exclusives) %}
            {# written last, and without it the next run starts from nothing #}
            {% if salt == 0 %}{% do make_table(kept.state, kept_state()) %}{% endif %}
        {% endif %}
    {% endfor %}
    {% do drop_tables(work) %}
    {% if not state.is_done %}
        {{ exceptions.raise_compiler_error(
            target_relation ~ ": a node is listed twice, or nodes cannot be told apart by number"
        ) }}
    {% endif %}
    {% call statement("main") %}select count(*) from {{ target_relation }}{% endcall %}

    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}

{#
    The links that a model of this materialization refused: node, neighbour, tier, link_key,
    exclusive_type (of several the first in the alphabet), held_hash (the value of node's side)
    and other_hash (that of neighbour's; of values that count as one the smallest).
#}
{% macro refused_links(relation) %}
    {{- return(kept_tables(relation).refused) -}}
{% endmacro %}

{#
    What is kept beside the table for the next run: refused links, the region of every node
    (the smallest number among all that links offer to join with it), fingerprints of links
    and tokens as they were, and the state, which says that all of them are whole.
#}
{% macro kept_tables(relation) %}
    {%- set kept = {} -%}
    {%- for name in ["refused", "regions", "links", "exclusives", "state"] -%}
        {%- do kept.update({name: relation.incorporate(
            path={"identifier": relation.identifier ~ "__kept_" ~ name}, type="table"
        )}) -%}
    {%- endfor -%}
    {{- return(kept) -}}
{% endmacro %}

{# Every node once: those of a model, or those of the links. #}
{% macro nodes_of(links, model_name) %}
    {% if model_name %}
        {{ return("select profile_id as node from " ~ ref(model_name)) }}
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
    {{- return("select 2 as layout, " ~ text_number("'a text', 1, 'another'") ~ " as probe") -}}
{% endmacro %}

{% macro kept_can_be_used(kept) %}
    {% if load_relation(kept.state) is none %}{{ return(false) }}{% endif %}
    {% set same = run_query(
        "select count(*) as same from " ~ kept.state ~ " as kept inner join (" ~ kept_state()
        ~ ") as now on kept.layout = now.layout and kept.probe = now.probe"
    ) %}
    {{ return(same.columns[0].values()[0] == 1) }}
{% endmacro %}

{% macro node_number(node, salt) %}
    {{- return(text_number(node ~ (", " ~ salt if salt else ""))) -}}
{% endmacro %}

{# A row per link and per token: the numbers of its nodes and one of all that it says. #}
{% macro fingerprint_given(given, salt, result, work) %}
    {% set links = work_table(result, "fingerprints", work) %}
    {% set exclusives = work_table(result, "token_fingerprints", work) %}
    {% do make_table(links, "
        select
            " ~ node_number("node", salt) ~ " as node_number,
            " ~ node_number("neighbour", salt) ~ " as neighbour_number,
            " ~ text_number("node, neighbour, tier, respects, link_key") ~ " as fingerprint
        from " ~ given.links ~ " as links
    ") %}
    {% do make_table(exclusives, "
        select
            " ~ node_number("profile_id", salt) ~ " as node_number,
            " ~ text_number("profile_id, exclusive_type, exclusive_hash, level") ~ " as fingerprint
        from " ~ given.exclusives ~ "
        where profile_id is not null
    ") %}
    {{ return({"links": links, "exclusives": exclusives}) }}
{% endmacro %}

{#
    Only regions that a new, changed or vanished link or token touches are taken up again:
    within a region every link may bear on every other, between regions none does. Returns
    false where two nodes share a number.
#}
{% macro contract_what_changed(given, result, kept, work) %}
    {% set now = fingerprint_given(given, 0, result, work) %}
    {% set now_nodes = work_table(result, "now_nodes", work) %}
    {% set some_nodes = work_table(result, "some_nodes", work) %}
    {% set touched = work_table(result, "touched", work) %}
    {% set some_links = work_table(result, "some_links", work) %}
    {% set some_exclusives = work_table(result, "some_exclusives", work) %}
    {% set some_fingerprints = work_table(result, "some_fingerprints", work) %}
    {% set part = work_table(result, "part", work) %}
    {% set part_kept = kept_tables(part) %}
    {% do make_table(now_nodes, "
        select node, " ~ node_number("node", 0) ~ " as node_number
        from (" ~ given.nodes ~ ") as all_nodes
    ") %}
    {% do make_table(touched, "
        with
        changed_links as (
            " ~ only_in_one(now.links, kept.links, ["node_number", "neighbour_number"]) ~ "
        ),
        changed as (
            select node_number from changed_links
            union
            select neighbour_number as node_number from changed_links
            union
            " ~ only_in_one(now.exclusives, kept.exclusives, ["node_number"]) ~ "
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
            inner join changed on regions.node_number = changed.node_number
        )
        select node_number from changed
        union
        select regions.node_number
        from " ~ kept.regions ~ " as regions
        inner join changed_regions on regions.region = changed_regions.region
    ") %}
    {% do log(result.identifier ~ ": " ~ row_count(touched) ~ " nodes are taken up again") %}
    {% do make_table(some_links, "
        select links.node, links.neighbour, links.tier, links.respects, links.link_key
        from " ~ given.links ~ " as links
        inner join " ~ touched ~ " as touched
            on " ~ node_number("links.node", 0) ~ " = touched.node_number
    ") %}
    {% do make_table(some_exclusives, "
        select
            exclusives.profile_id,
            exclusives.exclusive_type,
            exclusives.exclusive_hash,
            exclusives.level
        from " ~ given.exclusives ~ " as exclusives
        inner join " ~ touched ~ " as touched
            on " ~ node_number("exclusives.profile_id", 0) ~ " = touched.node_number
    ") %}
    {% do make_table(some_fingerprints, "
        select fingerprints.*
        from " ~ now.links ~ " as fingerprints
        inner join " ~ touched ~ " as touched on fingerprints.node_number = touched.node_number
    ") %}
    {% do make_table(some_nodes, "
        select nodes.node
        from " ~ now_nodes ~ " as nodes
        inner join " ~ touched ~ " as touched on nodes.node_number = touched.node_number
    ") %}
    {% do work.extend(part_kept.values()) %}
    {% set some = {
        "links": some_links, "exclusives": some_exclusives, "nodes": "select node from " ~ some_nodes
    } %}
    {% if not contract_guarded(
        some, some_fingerprints, 0, part, part_kept.refused, part_kept.regions, work
    ) %}
        {{ return(false) }}
    {% endif %}

    {% do adapter.drop_relation(kept.state) %}
    {% set by_text = node_number("whole.node", 0) %}
    {% set some_tokens = work_table(result, "some_token_fingerprints", work) %}
    {% do make_table(some_tokens, "
        select tokens.*
        from " ~ now.exclusives ~ " as tokens
        inner join " ~ touched ~ " as touched on tokens.node_number = touched.node_number
    ") %}
    {% for whole, number, piece in [
        (result, by_text, part),
        (kept.refused, by_text, part_kept.refused),
        (kept.regions, "whole.node_number", part_kept.regions),
        (kept.links, "whole.node_number", some_fingerprints),
        (kept.exclusives, "whole.node_number", some_tokens),
    ] %}
        {% do replace_rows(whole, number, touched, piece, work) %}
    {% endfor %}
    {% do make_table(kept.state, kept_state()) %}
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
    Puts the rows of piece in the place of those of whole whose number is touched.
    Dispatched: tables of Spark take no delete, so the table is written anew there, and never
    while it is read.
#}
{% macro replace_rows(whole, number, touched, piece, work) %}
    {% do adapter.dispatch("replace_rows", "one360")(whole, number, touched, piece, work) %}
{% endmacro %}

{% macro default__replace_rows(whole, number, touched, piece, work) %}
    {% set next = work_table(whole, "next", work) %}
    {% do make_table(next, "
        select whole.*
        from " ~ whole ~ " as whole
        left join " ~ touched ~ " as touched on " ~ number ~ " = touched.node_number
        where touched.node_number is null
        union all
        select * from " ~ piece
    ) %}
    {% do make_table(whole, "select * from " ~ next) %}
{% endmacro %}

{% macro duckdb__replace_rows(whole, number, touched, piece, work) %}
    {% call statement("delete_rows") %}
        delete from {{ whole }} as whole
        where {{ number }} in (select node_number from {{ touched }})
    {% endcall %}
    {% call statement("insert_rows") %}insert into {{ whole }} select * from {{ piece }}{% endcall %}
{% endmacro %}

{#
    Components without a conflict are those of the whole graph, and they are nearly all. The
    rest goes through the links in order (see settle_contested). Returns false where two
    nodes share a number.
#}
{% macro contract_guarded(given, fingerprints, salt, result, refused, regions, work) %}
    {% set nodes = work_table(result, "nodes", work) %}
    {% set edges = work_table(result, "edges_0", work) %}
    {% set components = work_table(result, "components", work) %}
    {% set contested = work_table(result, "contested", work) %}
    {% set members = work_table(result, "contested_nodes", work) %}
    {% set roots = work_table(result, "roots", work) %}
    {% set names = work_table(result, "names", work) %}

    {% do make_table(nodes, "
        select node, " ~ node_number("node", salt) ~ " as node_number
        from (" ~ given.nodes ~ ") as all_nodes
    ") %}
    {% set twins = run_query(
        "select node_number from " ~ nodes ~ " group by node_number having count(*) > 1 limit 1"
    ).rows %}
    {% if twins %}
        {{ return(false) }}
    {% endif %}
    {% do make_table(edges, "
        select distinct
            least(node_number, neighbour_number) as low,
            greatest(node_number, neighbour_number) as high
        from " ~ fingerprints
    ) %}
    {% set map = contract_numbered(result, edges, "all_", work) %}
    {% do make_table(components, "
        select nodes.node, nodes.node_number, coalesce(map.root, nodes.node_number) as component
        from " ~ nodes ~ " as nodes
        left join " ~ map ~ " as map on nodes.node_number = map.node_number
    ") %}
    {% do make_table(contested, "
        select distinct component
        from (
            select components.component
            from " ~ given.exclusives ~ " as exclusives
            inner join " ~ components ~ " as components
                on " ~ node_number("exclusives.profile_id", salt) ~ " = components.node_number
            group by components.component, exclusives.exclusive_type
            having min(exclusives.exclusive_hash) <> max(exclusives.exclusive_hash)
        ) as conflicts
    ") %}
    {# among these the order of the texts decides between links of equal rank #}
    {% do make_table(members, "
        select
            components.node,
            components.node_number as root_number,
            components.component,
            row_number() over (order by components.node) as node_number
        from " ~ components ~ " as components
        inner join " ~ contested ~ " as contested on components.component = contested.component
    ") %}
    {% set settled = settle_contested(given, members, result, refused, work) %}
    {% do make_table(roots, "
        select components.node, coalesce(settled.root, components.component) as root
        from " ~ components ~ " as components
        left join (
            select
                members.root_number,
                min(members.root_number) over (partition by settled.cluster) as root
            from " ~ members ~ " as members
            inner join " ~ settled ~ " as settled on members.node_number = settled.node_number
        ) as settled on components.node_number = settled.root_number
    ") %}
    {% do make_table(names, "select root, min(node) as component from " ~ roots ~ " group by root") %}
    {% do make_table_of_hashes(result, ["node", "component"], "
        select roots.node, names.component
        from " ~ roots ~ " as roots
        inner join " ~ names ~ " as names on roots.root = names.root
    ") %}
    {% do make_table(regions, "select node_number, component as region from " ~ components) %}
    {{ return(true) }}
{% endmacro %}

{#
    Takes the links of contested components phase by phase (tier and what is respected) and
    each phase in rounds. A round

        refuses   every link whose ends clash now: what clashes now clashes for good, as
                  clusters only gain tokens within a phase
        accepts   every link that is the first of all open links at both its ends: nothing
                  that comes before it can touch either end
        accepts   clusters without a token that hang on one other cluster only: they
                  cannot make a difference

    until no link is open, which is what taking them one by one gives. Returns a table
    node_number → cluster and writes the refused links.
#}
{% macro settle_contested(given, nodes, result, refused, work) %}
    {% set ranked = work_table(result, "ranked", work) %}
    {% set members = work_table(result, "members_0", work) %}
    {% set tokens = work_table(result, "tokens", work) %}
    {% set held = work_table(result, "held_0", work) %}
    {% set names = work_table(result, "token_names", work) %}

    {% do make_table(ranked, "
        select
            links.*,
            row_number() over (
                order by
                    links.tier, links.respects, links.link_key,
                    least(links.first_end, links.second_end),
                    greatest(links.first_end, links.second_end),
                    links.first_end
            ) as link_number
        from (
            select distinct
                links.node,
                links.neighbour,
                links.tier,
                links.respects,
                links.link_key,
                nodes.node_number as first_end,
                neighbours.node_number as second_end
            from " ~ given.links ~ " as links
            inner join " ~ nodes ~ " as nodes on links.node = nodes.node
            inner join " ~ nodes ~ " as neighbours on links.neighbour = neighbours.node
        ) as links
    ") %}
    {% do make_table(members, "select node_number, node_number as cluster from " ~ nodes) %}
    {% do make_table(tokens, "
        select distinct
            nodes.node_number as cluster,
            nodes.component,
            exclusives.exclusive_type as token_type,
            exclusives.exclusive_hash as token_hash,
            exclusives.level as token_level
        from " ~ given.exclusives ~ " as exclusives
        inner join " ~ nodes ~ " as nodes on exclusives.profile_id = nodes.node
    ") %}
    {# a token of one component is not that of another: what meets here says nothing there #}
    {% do make_table(names, "
        select
            component,
            token_type,
            token_hash,
            dense_rank() over (order by component, token_type, token_hash) as token,
            dense_rank() over (order by token_type) as token_kind
        from (
            select distinct component, token_type, token_hash from " ~ tokens ~ "
        ) as contested_tokens
    ") %}
    {% do make_table(held, "
        select distinct tokens.cluster, names.token_kind, names.token, tokens.token_level
        from " ~ tokens ~ " as tokens
        inner join " ~ names ~ " as names
            on
                tokens.component = names.component
                and tokens.token_type = names.token_type
                and tokens.token_hash = names.token_hash
    ") %}

    {% set phases = run_query(
        "select distinct tier, respects from " ~ ranked ~ " order by tier, respects"
    ).rows %}
    {% set state = namespace(members=members, held=held, round=0) %}
    {% set refusals = [] %}
    {% for phase in phases %}
        {% set state.held = one_token_for_all_that_met(result, state.held, "phase_" ~ loop.index ~ "_", work) %}
        {% set open = work_table(result, "open_" ~ loop.index, work) %}
        {% do make_table(open, "
            select
                ranked.link_number,
                least(firsts.cluster, seconds.cluster) as low,
                greatest(firsts.cluster, seconds.cluster) as high
            from " ~ ranked ~ " as ranked
            inner join " ~ state.members ~ " as firsts on ranked.first_end = firsts.node_number
            inner join " ~ state.members ~ " as seconds on ranked.second_end = seconds.node_number
            where
                ranked.tier = " ~ phase[0] ~ " and ranked.respects = " ~ phase[1] ~ "
                and firsts.cluster <> seconds.cluster
        ") %}
        {% set left = namespace(open=open, links=row_count(open)) %}
        {% for _ in range(100000) if left.links > 0 %}
            {% set state.round = state.round + 1 %}
            {% set next = settle_round(result, ranked, left.open, state, phase[1], work) %}
            {% do refusals.append(next.refused) %}
            {% set left.open = next.open %}
            {% set left.links = row_count(next.open) %}
            {% do log(
                result.identifier ~ ": tier " ~ phase[0] ~ ", round " ~ state.round
                ~ " leaves " ~ left.links ~ " contested links"
            ) %}
        {% endfor %}
    {% endfor %}

    {% set columns = "
        select
            ranked.node,
            ranked.neighbour,
            ranked.tier,
            ranked.link_key,
            held.token_type as exclusive_type,
            held.token_hash as held_hash,
            others.token_hash as other_hash
        from " ~ ranked ~ " as ranked
    " %}
    {% set parts = [] %}
    {% for table in refusals %}
        {% do parts.append(
            columns ~ "inner join " ~ table ~ " as refused on ranked.link_number = refused.link_number
            inner join " ~ names ~ " as held on refused.held_token = held.token
            inner join " ~ names ~ " as others on refused.other_token = others.token"
        ) %}
    {% endfor %}
    {% do make_table(refused, parts | join(" union all ") if parts else
        columns ~ "inner join " ~ names ~ " as held on false inner join " ~ names ~ " as others on false"
    ) %}
    {% do stop_at_refused_force(refused) %}
    {{ return(state.members) }}
{% endmacro %}

{# One round, see settle_contested; moves state.members and state.held on. #}
{% macro settle_round(result, ranked, open, state, respects, work) %}
    {% set refused = work_table(result, "refused_" ~ state.round, work) %}
    {% set moves = work_table(result, "moves_" ~ state.round, work) %}
    {% set next_open = work_table(result, "left_" ~ state.round, work) %}
    {% set next_held = work_table(result, "held_" ~ state.round, work) %}
    {% set next_members = work_table(result, "members_" ~ state.round, work) %}
    {% set respected = "token_level <= " ~ respects %}

    {# the value held is that of the link's first end #}
    {% do make_table(refused, "
        select
            clashes.link_number,
            min_by(
                case when firsts.cluster = clashes.low then clashes.low_token
                else clashes.high_token end,
                clashes.token_kind
            ) as held_token,
            min_by(
                case when firsts.cluster = clashes.low then clashes.high_token
                else clashes.low_token end,
                clashes.token_kind
            ) as other_token
        from (
            select
                links.link_number,
                links.low,
                held.token_kind,
                held.token as low_token,
                others.token as high_token
            from " ~ open ~ " as links
            inner join " ~ state.held ~ " as held
                on links.low = held.cluster and held." ~ respected ~ "
            inner join " ~ state.held ~ " as others
                on
                    links.high = others.cluster
                    and held.token_kind = others.token_kind
                    and held.token <> others.token
        ) as clashes
        inner join " ~ ranked ~ " as ranked on clashes.link_number = ranked.link_number
        inner join " ~ state.members ~ " as firsts on ranked.first_end = firsts.node_number
        group by clashes.link_number
    ") %}
    {% do make_table(moves, "
        with
        still_open as (
            select links.*
            from " ~ open ~ " as links
            left join " ~ refused ~ " as refused on links.link_number = refused.link_number
            where refused.link_number is null
        ),
        ends as (
            select low as cluster, high as other, link_number from still_open
            union all
            select high as cluster, low as other, link_number from still_open
        ),
        leaves as (
            select ends.cluster, min(ends.other) as other
            from ends
            left join (
                select distinct cluster from " ~ state.held ~ " where " ~ respected ~ "
            ) as holders on ends.cluster = holders.cluster
            where holders.cluster is null
            group by ends.cluster
            having min(ends.other) = max(ends.other)
        ),
        pruned as (
            select leaves.cluster, leaves.other as root
            from leaves
            left join leaves as others on leaves.other = others.cluster
            where others.cluster is null or leaves.cluster > leaves.other
        ),
        firsts as (
            select ends.cluster, min(ends.link_number) as link_number
            from ends
            left join pruned on ends.cluster = pruned.cluster
            left join pruned as pruned_others on ends.other = pruned_others.cluster
            where pruned.cluster is null and pruned_others.cluster is null
            group by ends.cluster
        ),
        decided as (
            select still_open.high as cluster, still_open.low as root
            from still_open
            inner join firsts as lows
                on still_open.low = lows.cluster and still_open.link_number = lows.link_number
            inner join firsts as highs
                on still_open.high = highs.cluster and still_open.link_number = highs.link_number
        )
        select cluster, root from decided
        union all
        select pruned.cluster, coalesce(decided.root, pruned.root) as root
        from pruned
        left join decided on pruned.root = decided.cluster
    ") %}
    {% do make_table(next_open, "
        select link_number, low, high
        from (
            select
                links.link_number,
                least(coalesce(lows.root, links.low), coalesce(highs.root, links.high)) as low,
                greatest(coalesce(lows.root, links.low), coalesce(highs.root, links.high)) as high
            from " ~ open ~ " as links
            left join " ~ refused ~ " as refused on links.link_number = refused.link_number
            left join " ~ moves ~ " as lows on links.low = lows.cluster
            left join " ~ moves ~ " as highs on links.high = highs.cluster
            where refused.link_number is null
        ) as moved
        where low <> high
    ") %}
    {% do make_table(next_held, "
        select distinct
            coalesce(moves.root, held.cluster) as cluster,
            held.token_kind,
            held.token,
            held.token_level
        from " ~ state.held ~ " as held
        left join " ~ moves ~ " as moves on held.cluster = moves.cluster
    ") %}
    {% do make_table(next_members, "
        select members.node_number, coalesce(moves.root, members.cluster) as cluster
        from " ~ state.members ~ " as members
        left join " ~ moves ~ " as moves on members.cluster = moves.cluster
    ") %}
    {% set state.held = next_held %}
    {% set state.members = next_members %}
    {{ return({"refused": refused, "open": next_open}) }}
{% endmacro %}

{# Tokens of one kind that a cluster holds together become the smallest of them, everywhere. #}
{% macro one_token_for_all_that_met(result, held, run, work) %}
    {% set met = work_table(result, run ~ "met", work) %}
    {% do make_table(met, "
        select distinct firsts.token as low, held.token as high
        from " ~ held ~ " as held
        inner join (
            select cluster, token_kind, min(token) as token
            from " ~ held ~ "
            group by cluster, token_kind
        ) as firsts on held.cluster = firsts.cluster and held.token_kind = firsts.token_kind
        where firsts.token < held.token
    ") %}
    {% if row_count(met) == 0 %}
        {{ return(held) }}
    {% endif %}
    {% set map = contract_numbered(result, met, run, work) %}
    {% set renamed = work_table(result, run ~ "held", work) %}
    {% do make_table(renamed, "
        select distinct
            held.cluster,
            held.token_kind,
            coalesce(map.root, held.token) as token,
            held.token_level
        from " ~ held ~ " as held
        left join " ~ map ~ " as map on held.token = map.node_number
    ") %}
    {{ return(renamed) }}
{% endmacro %}

{# Tier 0 is what people decided: nothing may refuse it silently. #}
{% macro stop_at_refused_force(refused) %}
    {% set faults = run_query(
        "select node, neighbour, exclusive_type from " ~ refused
        ~ " where tier = 0 order by node, neighbour"
    ).rows %}
    {% if faults %}
        {{ exceptions.raise_compiler_error(
            "seeds of decisions: force_link " ~ faults[0][0] ~ " and " ~ faults[0][1]
            ~ " contradicts " ~ (faults[0][2] | replace("|", " ", 1) | replace("|", " and "))
            ~ ", perhaps through other forced links"
        ) }}
    {% endif %}
{% endmacro %}
