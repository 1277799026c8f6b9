{#- The promise of S3. Two standard errors are allowed, as the tested customers are a sample. -#}
{{ config(severity="warn") }}

select
    nes_status,
    tested_customers,
    bought_again_share
from {{ ref("tag_nes_calibration") }}
where
    nes_status = 'S3'
    and tested_customers > 0
    and bought_again_share
    - 2 * sqrt(bought_again_share * (1 - bought_again_share) / tested_customers)
    >= {{ var("nes_sleeping_share") }}
    and {{ var("nes_sleeping_share") }} > 0
