"""dbt and the two engines: commands of dbt, the Spark session, data of Python models."""
