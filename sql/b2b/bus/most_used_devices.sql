-- mart: bus.most_used_devices
-- The five devices with the most visits in the log of each date.
-- by: report_date
-- key: device
-- reads: web_visits of date

-- columns
device varchar(255)
total_devices bigint

-- rows
select v.device, count(*) as total_devices
from bulk.web_visits v
where v.delivery_date = {date}
group by v.device
order by count(*) desc, v.device
limit 5
