{#
    The segment of every combination of scores and averages that occurs in `source`: the
    first line of `segment_map` that fits, others (map_position NULL) where none does. At
    most a thousand combinations, whatever the number of customers.
#}
{% macro rfm_cell_segments(source, segment_map) %}
    select
        r_score,
        f_score,
        m_score,
        r_above,
        f_above,
        m_above,
        map_position,
        coalesce(segment_code, 'others') as segment_code
    from (
        select
            cells.*,
            segment_map.map_position,
            segment_map.segment_code,
            row_number() over (
                partition by
                    cells.r_score, cells.f_score, cells.m_score,
                    cells.r_above, cells.f_above, cells.m_above
                order by segment_map.map_position nulls last
            ) as match_order
        from (
            select distinct r_score, f_score, m_score, r_above, f_above, m_above
            from {{ source }}
        ) as cells
        left join {{ segment_map }} as segment_map
            on
                {% for letter in ["r", "f", "m"] -%}
                {{ "and " if not loop.first -}}
                case
                    when segment_map.basis = 'average' then cells.{{ letter }}_above
                    else cells.{{ letter }}_score
                end between segment_map.{{ letter }}_from and segment_map.{{ letter }}_to
                {% endfor -%}
    ) as compared
    where match_order = 1
{% endmacro %}
