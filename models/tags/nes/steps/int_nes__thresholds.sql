with

multiples as (

    select * from {{ ref("int_nes__multiples") }}

),

-- the third multiple is lengthened until those beyond it stay asleep
thresholds as (

    select
        'active_multiple' as threshold_code,
        active_multiple as threshold_value,
        'variable' as origin
    from multiples
    union all
    select
        'dozing_multiple' as threshold_code,
        dozing_multiple as threshold_value,
        'variable' as origin
    from multiples
    union all
    select
        'sleeping_multiple' as threshold_code,
        sleeping_multiple as threshold_value,
        'data' as origin
    from multiples

)

select
    cast('nes_status' as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(threshold_value as string) as threshold_value,
    cast(origin as string) as origin
from thresholds
