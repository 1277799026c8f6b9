{{ regex_replace_all(
    "cast(value as string)", "^(?:'([^']+)|=\"([^\"]*)\")$", "\\1\\2"
) }}
