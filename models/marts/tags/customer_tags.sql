{%- set tags = tag_list() -%}

with

customer_tags as (

    {{ unpivot_tags(ref("tag_rfm"), tags.tag_rfm) }}
    union all
    {{ unpivot_tags(ref("tag_nes"), tags.tag_nes) }}
    union all
    {{ unpivot_tags(ref("tag_loyalty"), tags.tag_loyalty) }}
    union all
    {{ unpivot_tags(ref("tag_activity"), tags.tag_activity) }}

)

select
    cast(one_id as string) as one_id,
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(tag_score as double) as tag_score,
    cast(as_of_date as date) as as_of_date
from customer_tags
