-- report: Most used devices
-- The five devices with the most visits on a date: the newest one where none is chosen.
-- filters: report_date
select r.device, r.total_devices
from bus.most_used_devices r
where r.report_date = coalesce([[ {{report_date}}, ]] (select max(l.report_date) from bus.most_used_devices l))
order by r.total_devices desc, r.device
