{%- set nobody = [
    "(?:guest|anonymous|visitor)(?:[ _-]?(?:user|customer|account|checkout|buyer|id))?", "anon",
    "nobody", "walk[ _-]?in(?:[ _-]?customer)?", "non[ _-]?member",
    "no[ _-]?(?:id|card|member|customer|account|login|user)",
    "[(]?not[ _-]?(?:set|available|applicable|provided|logged[ _-]?in|registered)[)]?",
    "游客", "访客", "匿名", "匿名用户", "散客", "未登录", "非会员", "无会员",
] -%}
{%- set fillers = ["[0 .:-]*0[0 .:-]*", "-1", "-9+", "[f-]*(?:f-?){8}[f-]*", "x{3,}"] -%}
{%- set any_of_them = "(?i:" ~ (fillers + nobody) | join("|") ~ ")" -%}
case
    when value is null then false
    when exceptions is not null and array_contains(exceptions, '+' || column_name || '=' || value)
        then false
    when exceptions is not null and array_contains(exceptions, '-' || column_name || '=' || value)
        then true
    else {{ regex_full_match("cast(value as string)", any_of_them) }}
end
