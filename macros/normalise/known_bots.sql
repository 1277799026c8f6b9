{# The user agents of a relation that hold the words of a pattern of seed bot_patterns. #}
{% macro known_bots(relation) %}
    select distinct
        user_agents.user_agent,
        true as is_known_bot
    from (
        select distinct
            user_agent,
            {{ function("as_words") }}(user_agent) as words
        from {{ relation }}
        where user_agent is not null
    ) as user_agents
    inner join (
        select {{ function("as_words") }}(pattern) as words
        from {{ ref("bot_patterns") }}
    ) as patterns
        on user_agents.words like '%' || patterns.words || '%'
{%- endmacro %}
