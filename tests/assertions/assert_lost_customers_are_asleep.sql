{{ config(severity="warn") }}
-- The life cycle and NES draw the line between a customer and a lost one in the same place.
select
    tag_nes.one_id,
    tag_nes.nes_status,
    tag_lifecycle.lifecycle_stage
from {{ ref("tag_nes") }} as tag_nes
full outer join {{ ref("tag_lifecycle") }} as tag_lifecycle
    on tag_nes.one_id = tag_lifecycle.one_id
where
    coalesce(tag_nes.nes_status = 'S3', false)
    <> coalesce(tag_lifecycle.lifecycle_stage = 'lost', false)
    or (tag_nes.one_id is not null) <> (tag_lifecycle.order_days is not null)
