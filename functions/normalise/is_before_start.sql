happened_at < cast('1990-01-01' as timestamp)
