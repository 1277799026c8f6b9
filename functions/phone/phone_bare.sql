{%- set rules = phone_rules() -%}
{%- set viable = "(?i)" ~ rules.viable ~ "(?:" ~ rules.extension ~ ")?" -%}
{%- set short = regex_replace_all("written", "(?i)(?:" ~ rules.extension ~ ")\\z") -%}
case
    when written is null then null
    when not {{ regex_full_match("written", viable) }} then null
    when {{ regex_matches("written", "[\\x{10000}-\\x{10ffff}]") }} then null
    when {{ short }} <> written and {{ regex_full_match(short, viable) }} then null
    else written
end
