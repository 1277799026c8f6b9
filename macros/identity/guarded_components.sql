{#
    Materialization: connected components in which no component holds two values of an
    exclusive token. The model's SQL is a list of links

        node, neighbour    text; direction and duplicates do not matter
        tier               whole number, the smallest is taken first
        respects           which tokens may refuse the link: those of this level or below
        link_key           text that orders the links of a tier, strongest first

    and config `exclusives` names a model (profile_id, exclusive_type, exclusive_hash,
    level). The table has `node` and `component` (the smallest node of it); beside it lies
    <table>__refused with every refused link and the two values it would have brought
    together: see refused_links.

    The outcome is that of taking the links one by one in the order of tier, respects,
    link_key and nodes, and refusing each that would give a component two values of a token
    that the link respects. Values that a link did bring together because it need not
    respect them count as one from the next tier on.

    A later run takes up only what changed since the last one (contract_what_changed);
    --full-refresh starts from nothing. Both end with the same tables.
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
    {% set work = [] %}
    {% set links = work_table(target_relation, "links", work) %}
    {% set exclusives = work_table(target_relation, "exclusives", work) %}
    {% do make_table(links, "
        select distinct node, neighbour, tier, respects, link_key
        from (" ~ compiled_code ~ ") as links
        where node is not null and neighbour is not null and node <> neighbour
    ") %}
    {% do make_table(exclusives, "
        select distinct profile_id, exclusive_type, exclusive_hash, level
        from " ~ ref(config.require("exclusives"))
    ) %}
    {% set kept = kept_tables(target_relation) %}
    {% if existing is none or should_full_refresh() or load_relation(kept.links) is none %}
        {% do adapter.drop_relation(kept.links) %}
        {% do contract_guarded(links, exclusives, target_relation, kept.refused, kept.regions, work) %}
    {% else %}
        {% do contract_what_changed(links, exclusives, target_relation, kept, work) %}
    {% endif %}
    {% do make_table(kept.exclusives, "select * from " ~ exclusives) %}
    {# written last: without it the next run starts from nothing #}
    {% do make_table(kept.links, "select * from " ~ links) %}
    {% do drop_tables(work) %}
    {% call statement("main") %}select count(*) from {{ target_relation }}{% endcall %}

    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}

{# The links that a model of this materialization refused: node, neighbour, tier, link_key, exclusive_type, held_hash, other_hash. #}
{% macro refused_links(relation) %}
    {{- return(kept_tables(relation).refused) -}}
{% endmacro %}

{#
    What is kept beside the table for the next run: links and tokens as they were, refused
    links, and the region of every node whose cluster is not all that links offered to join.
#}
{% macro kept_tables(relation) %}
    {%- set kept = {} -%}
    {%- for name in ["refused", "regions", "links", "exclusives"] -%}
        {%- do kept.update({name: relation.incorporate(
            path={"identifier": relation.identifier ~ "__kept_" ~ name}, type="table"
        )}) -%}
    {%- endfor -%}
    {{- return(kept) -}}
{% endmacro %}

{#
    Only regions (what all offered links together would join) that a new, changed or
    vanished link or token touches are taken up again: within a region every link may bear
    on every other, between regions none does.
#}
{% macro contract_what_changed(links, exclusives, result, kept, work) %}
    {% set nodes = work_table(result, "changed", work) %}
    {% set some_links = work_table(result, "some_links", work) %}
    {% set some_exclusives = work_table(result, "some_exclusives", work) %}
    {% set part = work_table(result, "part", work) %}
    {% set part_kept = kept_tables(part) %}
    {% do make_table(nodes, "
        with
        changed_links as (
            select node, neighbour
            from (select * from " ~ links ~ " union all select * from " ~ kept.links ~ ") as links
            group by node, neighbour, tier, respects, link_key
            having count(*) = 1
        ),
        changed as (
            select node from changed_links
            union
            select neighbour as node from changed_links
            union
            select profile_id as node
            from (
                select * from " ~ exclusives ~ " union all select * from " ~ kept.exclusives ~ "
            ) as exclusives
            group by profile_id, exclusive_type, exclusive_hash, level
            having count(*) = 1
        ),
        regions as (
            select clusters.node, coalesce(regions.region, clusters.component) as region
            from " ~ result ~ " as clusters
            left join " ~ kept.regions ~ " as regions on clusters.node = regions.node
        ),
        touched as (
            select distinct regions.region
            from regions
            inner join changed on regions.node = changed.node
        )
        select node from changed
        union
        select regions.node
        from regions
        inner join touched on regions.region = touched.region
    ") %}
    {% do log(result.identifier ~ ": " ~ row_count(nodes) ~ " nodes are taken up again") %}
    {% do make_table(some_links, "
        select links.* from " ~ links ~ " as links inner join " ~ nodes ~ " as nodes on links.node = nodes.node
    ") %}
    {% do make_table(some_exclusives, "
        select exclusives.* from " ~ exclusives ~ " as exclusives
        inner join " ~ nodes ~ " as nodes on exclusives.profile_id = nodes.node
    ") %}
    {% do contract_guarded(some_links, some_exclusives, part, part_kept.refused, part_kept.regions, work) %}
    {% do work.extend([part_kept.refused, part_kept.regions]) %}

    {% set pairs = [
        (result, part), (kept.refused, part_kept.refused), (kept.regions, part_kept.regions)
    ] %}
    {% do adapter.drop_relation(kept.links) %}
    {% for whole, piece in pairs %}
        {# never written while it is read #}
        {% set next = work_table(result, "next_" ~ loop.index, work) %}
        {% do make_table(next, "
            select whole.* from " ~ whole ~ " as whole
            left join " ~ nodes ~ " as nodes on whole.node = nodes.node
            where nodes.node is null
            union all
            select * from " ~ piece
        ) %}
        {% do make_table(whole, "select * from " ~ next) %}
    {% endfor %}
{% endmacro %}

{#
    Components without a conflict are those of the whole graph, and they are nearly all. The
    rest goes through the links in order (see settle_contested).
#}
{% macro contract_guarded(links, exclusives, result, refused, regions, work) %}
    {% set nodes = work_table(result, "nodes", work) %}
    {% set edges = work_table(result, "edges_0", work) %}
    {% set components = work_table(result, "components", work) %}
    {% set tokens = work_table(result, "tokens", work) %}
    {% set contested = work_table(result, "contested", work) %}

    {% do make_table(nodes, "
        select node, row_number() over (order by node) as node_number
        from (
            select node from " ~ links ~ " union select neighbour as node from " ~ links ~ "
        ) as all_nodes
    ") %}
    {% do make_table(edges, "
        select distinct
            least(nodes.node_number, neighbours.node_number) as low,
            greatest(nodes.node_number, neighbours.node_number) as high
        from " ~ links ~ " as links
        inner join " ~ nodes ~ " as nodes on links.node = nodes.node
        inner join " ~ nodes ~ " as neighbours on links.neighbour = neighbours.node
    ") %}
    {% set map = contract_numbered(result, edges, "all_", work) %}
    {% do make_table(components, "
        select nodes.node, nodes.node_number, coalesce(map.root, nodes.node_number) as component
        from " ~ nodes ~ " as nodes
        left join " ~ map ~ " as map on nodes.node_number = map.node_number
    ") %}
    {% do make_table(tokens, "
        select distinct
            components.node_number as cluster,
            components.component,
            exclusives.exclusive_type as token_type,
            exclusives.exclusive_hash as token_hash,
            exclusives.level as token_level
        from " ~ exclusives ~ " as exclusives
        inner join " ~ components ~ " as components on exclusives.profile_id = components.node
    ") %}
    {% do make_table(contested, "
        select distinct component
        from (
            select component
            from " ~ tokens ~ "
            group by component, token_type
            having min(token_hash) <> max(token_hash)
        ) as conflicts
    ") %}
    {% set settled = settle_contested(links, components, tokens, contested, result, refused, work) %}
    {% do make_table(result, "
        select
            components.node,
            min(components.node) over (
                partition by coalesce(settled.cluster, components.component)
            ) as component
        from " ~ components ~ " as components
        left join " ~ settled ~ " as settled on components.node_number = settled.node_number
    ") %}
    {% do make_table(regions, "
        select components.node, roots.node as region
        from " ~ components ~ " as components
        inner join " ~ contested ~ " as contested on components.component = contested.component
        inner join " ~ components ~ " as roots on components.component = roots.node_number
    ") %}
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
{% macro settle_contested(links, components, tokens, contested, result, refused, work) %}
    {% set ranked = work_table(result, "ranked", work) %}
    {% set members = work_table(result, "members_0", work) %}
    {% set held = work_table(result, "held_0", work) %}
    {% set names = work_table(result, "token_names", work) %}

    {% do make_table(ranked, "
        select
            links.*,
            nodes.node_number as first_end,
            neighbours.node_number as second_end,
            row_number() over (
                order by
                    links.tier, links.respects, links.link_key,
                    least(nodes.node_number, neighbours.node_number),
                    greatest(nodes.node_number, neighbours.node_number),
                    nodes.node_number
            ) as link_number
        from " ~ links ~ " as links
        inner join " ~ components ~ " as nodes on links.node = nodes.node
        inner join " ~ contested ~ " as contested on nodes.component = contested.component
        inner join " ~ components ~ " as neighbours on links.neighbour = neighbours.node
    ") %}
    {% do make_table(members, "
        select components.node_number, components.node_number as cluster
        from " ~ components ~ " as components
        inner join " ~ contested ~ " as contested on components.component = contested.component
    ") %}
    {% do make_table(names, "
        select
            token_type,
            token_hash,
            dense_rank() over (order by token_type, token_hash) as token,
            dense_rank() over (order by token_type) as token_kind
        from (
            select distinct tokens.token_type, tokens.token_hash
            from " ~ tokens ~ " as tokens
            inner join " ~ contested ~ " as contested on tokens.component = contested.component
        ) as contested_tokens
    ") %}
    {% do make_table(held, "
        select distinct tokens.cluster, names.token_kind, names.token, tokens.token_level
        from " ~ tokens ~ " as tokens
        inner join " ~ names ~ " as names
            on tokens.token_type = names.token_type and tokens.token_hash = names.token_hash
        inner join " ~ contested ~ " as contested on tokens.component = contested.component
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
            {% set next = settle_round(result, left.open, state, phase[1], work) %}
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
{% macro settle_round(result, open, state, respects, work) %}
    {% set refused = work_table(result, "refused_" ~ state.round, work) %}
    {% set moves = work_table(result, "moves_" ~ state.round, work) %}
    {% set next_open = work_table(result, "left_" ~ state.round, work) %}
    {% set next_held = work_table(result, "held_" ~ state.round, work) %}
    {% set next_members = work_table(result, "members_" ~ state.round, work) %}
    {% set respected = "token_level <= " ~ respects %}

    {% do make_table(refused, "
        select
            clashes.link_number,
            min_by(clashes.held_token, clashes.token_kind) as held_token,
            min_by(clashes.other_token, clashes.token_kind) as other_token
        from (
            select
                links.link_number,
                held.token_kind,
                held.token as held_token,
                others.token as other_token
            from " ~ open ~ " as links
            inner join " ~ state.held ~ " as held
                on links.low = held.cluster and held." ~ respected ~ "
            inner join " ~ state.held ~ " as others
                on
                    links.high = others.cluster
                    and held.token_kind = others.token_kind
                    and held.token <> others.token
        ) as clashes
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
