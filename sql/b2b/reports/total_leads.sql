-- report: Total leads
-- How many orders of each customer came from a lead, as of a date: the newest one where none is chosen.
-- filters: report_date
select r.customer_id, r.total_leads
from bus.total_leads r
where r.report_date = coalesce([[ {{report_date}}, ]] (select max(l.report_date) from bus.total_leads l))
order by r.total_leads desc, r.customer_id
