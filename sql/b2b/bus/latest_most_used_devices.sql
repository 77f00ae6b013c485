-- view: bus.latest_most_used_devices
-- The five devices with the most visits, as of the newest date that has this report.

select r.*
from bus.most_used_devices r
where r.report_date = (
  select max(d.partition_date) from gear.dated_outputs d where d.pipeline = 'b2b' and d.output = 'bus.most_used_devices'
)
