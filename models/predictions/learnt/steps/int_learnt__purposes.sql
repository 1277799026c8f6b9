{#- What is learnt, from whom, and how it is tested: a row per crowd and label of the variables. -#}
with

purposes as (

    {% for purpose in learnt_purposes() -%}
        select
            '{{ purpose.purpose }}' as purpose,
            '{{ purpose.scope }}' as scope,
            '{{ purpose.code }}' as code,
            '{{ (purpose.where or purpose.labels) | replace("'", "''") }}' as learnt_from,
            {{ "'" ~ purpose.labels ~ "'" if purpose.labels else "null" }} as list_code,
            '{{ purpose.leave_out | tojson }}' as leave_out,
            {{ purpose.folds }} as folds,
            {{ tree_depth() }} as tree_depth,
            {{ "null" if purpose.unlabelled_outcome is none else purpose.unlabelled_outcome }}
                as unlabelled_outcome,
            {{ purpose.sample_customers }} as sample_customers,
            {{ purpose.size }} as size,
            {{ purpose.min_similarity }} as min_similarity,
            {{ purpose.is_sampled_by_outcome | lower }} as is_sampled_by_outcome
        {{ "union all" if not loop.last }}
    {% else -%}
        select
            'none' as purpose,
            'none' as scope,
            'none' as code,
            'none' as learnt_from,
            'none' as list_code,
            'none' as leave_out,
            0 as folds,
            0 as tree_depth,
            0 as unlabelled_outcome,
            0 as sample_customers,
            0 as size,
            0 as min_similarity,
            false as is_sampled_by_outcome
        where false
    {% endfor %}

)

select
    cast(purpose as string) as purpose,
    cast(scope as string) as scope,
    cast(code as string) as code,
    cast(learnt_from as string) as learnt_from,
    cast(list_code as string) as list_code,
    cast(leave_out as string) as leave_out,
    cast(folds as integer) as folds,
    cast(tree_depth as integer) as tree_depth,
    cast(unlabelled_outcome as integer) as unlabelled_outcome,
    cast(sample_customers as bigint) as sample_customers,
    cast(size as bigint) as size,
    cast(min_similarity as double) as min_similarity,
    cast(is_sampled_by_outcome as boolean) as is_sampled_by_outcome
from purposes
