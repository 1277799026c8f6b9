coalesce({{ function("normalise_code") }}(value), 'marketing')
