"""Rules (seeds) and variables, checked when dbt starts: one class per seed, one for the variables.

``schema`` says what a cell accepts and in which words; a module per room holds the classes;
``project`` reads a project and lists its faults; ``plugin`` is what dbt calls; ``docs`` writes
the tables of docs/variables.md and docs/rules.md.
"""

#: The default of variable business_timezone.
BUSINESS_TIMEZONE = "Asia/Shanghai"
