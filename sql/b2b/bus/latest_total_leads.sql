-- view: bus.latest_total_leads
-- Orders from leads by customer, as of the newest date that has this report.

select r.*
from bus.total_leads r
where r.report_date = (
  select max(d.partition_date) from gear.dated_outputs d where d.pipeline = 'b2b' and d.output = 'bus.total_leads'
)
