"""The order in which queued jobs are dispatched. Everything here is pure: no clock, no ledger.

- `queued_job`: what the policy knows about a job, and when its deadline makes it urgent
- `start_time_fairness`: shares of work among lanes, or among tenants
- `fair_order`: the next job, by lane and tenant
- `slots`: when a slot of a worker becomes free, and whether a job may have it
- `reserve`: how many slots long jobs leave to each higher lane
- `policy`: all of it for one preset
- `work_ahead`: how much work starts before a given job
"""
