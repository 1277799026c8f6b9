{#
    Materialization: the model's SQL is an edge list (`node`, `neighbour`), the table holds
    the connected component of every node. See contract_graph for the method.
#}
{% materialization connected_components, default, supported_languages=["sql"] %}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none and not existing.is_table %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% do contract_graph(compiled_code, target_relation) %}
    {% call statement("main") %}select count(*) from {{ target_relation }}{% endcall %}

    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
