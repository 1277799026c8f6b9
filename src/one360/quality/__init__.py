"""What the data must look like: at raw-in, before staging, and at marts-out.

``suites`` states the expectations, ``frames`` fetches what they look at,
``run`` evaluates them and ``docs`` renders the results as a web page. Great
Expectations takes seconds to import, so import the parts where they are used.
"""
