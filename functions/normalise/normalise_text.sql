nullif(trim(cast(value as string)), '')
