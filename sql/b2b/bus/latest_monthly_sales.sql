-- view: bus.latest_monthly_sales
-- Sales and profit of each month, as of the newest date that has this report.

select r.*
from bus.monthly_sales r
where r.report_date = (
  select max(d.partition_date) from gear.dated_outputs d where d.pipeline = 'b2b' and d.output = 'bus.monthly_sales'
)
