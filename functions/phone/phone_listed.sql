{%- set number = "[+＋]?[ (]{0,2}(?:[0-9][ ().-]{0,2}){7,}[0-9]" -%}
{%- set unspaced = "[+＋]?[0-9]{8,}" -%}
{%- set separator = "\\s*(?:[/\\\\,;|&、，；／｜]|或者?|和|or|and)\\s*" -%}
{%- set text = "cast(value as string)" -%}
{%- set listed = "^\\s*(" ~ number ~ ")" ~ separator ~ "(" ~ number ~ ")\\s*$" -%}
{%- set beside = "^\\s*(" ~ unspaced ~ ")\\s+(" ~ unspaced ~ ")\\s*$" -%}
case
    when value is null or length({{ text }}) < 17 or length({{ text }}) > 100 then null
    when {{ regex_matches(text, listed) }}
        then
            case
                when place = 1 then {{ regex_extract(text, listed, 1) }}
                else {{ regex_extract(text, listed, 2) }}
            end
    when {{ regex_matches(text, beside) }}
        then
            case
                when place = 1 then {{ regex_extract(text, beside, 1) }}
                else {{ regex_extract(text, beside, 2) }}
            end
end
