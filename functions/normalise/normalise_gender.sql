{%- set text = "lower(trim(both ' .　' from cast(value as string)))" -%}
case
    when
        {{ text }} in (
            'f', 'female', 'w', 'woman', '2', '女', '女性', '女士', '小姐', '太太', 'ms', 'mrs', 'miss'
        )
        then 'female'
    when {{ text }} in ('m', 'male', 'man', '1', '男', '男性', '先生', 'mr') then 'male'
end
