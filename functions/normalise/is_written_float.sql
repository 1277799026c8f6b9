{{ regex_full_match(
    function("unguarded") ~ "(value)", "-?\\d+\\.0+|-?\\d\\.\\d+[eE]\\+?\\d{1,3}|-?\\d[eE]\\+\\d{1,3}"
) }}
